"""The domain: types, the catalogue of outcomes and reasons, the rules, the tables; imports nothing above."""
