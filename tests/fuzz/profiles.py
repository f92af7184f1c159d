"""How much is fuzzed: little in every run of the tests, much with `--hypothesis-profile=long`.

In the CI hypothesis chooses its own profile `ci`, which makes up the same examples every time.
"""

from typing import Final

from hypothesis import HealthCheck, settings

_TIMES: Final = 50
_USUAL: Final = settings.get_profile("default").max_examples

settings.register_profile("long", max_examples=_USUAL * _TIMES, deadline=None, print_blob=True)


def fuzzing(examples: int, steps: int = 30) -> settings:
    """Settings for so many examples in a usual run, of at most so many steps, and many times that in a long one.

    What an example may last is for the test to say: a ceiling on the clock fails at random where others work, too.
    """
    return settings(
        max_examples=max(1, examples * settings().max_examples // _USUAL),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
