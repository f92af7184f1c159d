"""What must hold whatever the mail: of all corpora, and of what is drawn by lot."""
