"""The whole demonstration, in processes of its own."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.program import ROOT, Shown, read_shown, start_demo

pytestmark = pytest.mark.system

EXPECTED = [
    Shown(
        "t.voronova@mail.example",
        "accepted",
        ("recorded 8819262 electricity total 31064", "recorded 8819262 hot_water total 131.5"),
        answered=True,
    ),
    Shown(
        "aigul.sarsenova@mail.example",
        "accepted",
        ("recorded 4210357 electricity total 15342", "recorded 4210357 hot_water total 217"),
        answered=True,
    ),
    Shown(
        "daniel.reid@mail.example",
        "accepted",
        ("recorded 5087714 electricity total 20655", "recorded 5087714 hot_water total 155.2"),
        answered=True,
    ),
    Shown(
        "nina.petrova@post.example",
        "accepted",
        (
            "recorded 4210368 electricity day 8544",
            "recorded 4210368 electricity night 3318",
            "recorded 4210368 hot_water total 344",
        ),
        answered=True,
    ),
    Shown(
        "l.kim@post.example",
        "accepted",
        (
            "recorded 5087725 electricity total 12490",
            "recorded 5087725 hot_water total 305",
            "recorded 5087736 electricity total 7719",
            "recorded 5087736 hot_water total 96",
        ),
        answered=True,
    ),
    Shown(
        "s.gavrilov@post.example",
        "accepted",
        ("recorded 6133902 electricity total 16245", "recorded 6133902 hot_water total 91"),
        answered=True,
    ),
    Shown(
        "dinara.t@mail.example",
        "accepted",
        ("recorded 6133924 electricity total 5873", "recorded 6133924 hot_water total 401"),
        answered=True,
    ),
    Shown(
        "oleg.melnik@post.example",
        "partial",
        (
            "recorded 7046081 electricity total 22187",
            "rejected 7046081 hot_water total 158 value_below_previous",
        ),
        answered=True,
    ),
    Shown(
        "liam.foster@post.example",
        "rejected (account_unknown)",
        (
            "rejected 3300418 electricity 4512 account_unknown",
            "rejected 3300418 hot_water 77 account_unknown",
        ),
        answered=True,
    ),
    Shown("e.orazbaev@mail.example", "rejected (value_missing)", (), answered=True),
    Shown(
        "r.yusupov@mail.example",
        "rejected",
        ("rejected 7046092 hot_water 506 meter_ambiguous", "rejected 7046092 hot_water 503 meter_ambiguous"),
        answered=True,
    ),
    Shown("emma.walsh@mail.example", "held for review (attachment_only)", (), answered=True),
    Shown("zh.sadykova@post.example", "held for review (not_a_reading; request: invoice_duplicate)", (), answered=True),
    Shown("office@firma.example", "ignored (auto_submitted)", (), answered=False),
    Shown("news@lamps.example", "ignored (list_header)", (), answered=False),
    Shown(
        "r.yusupov@mail.example",
        "accepted",
        ("recorded 7046092 hot_water total 506", "recorded 7046092 hot_water total 503"),
        answered=True,
    ),
    Shown(
        "e.orazbaev@mail.example",
        "accepted",
        ("recorded 6133913 electricity total 18411", "recorded 6133913 hot_water total 264"),
        answered=True,
    ),
]
COUNTS = {"accepted": 9, "partial": 1, "rejected": 3, "held for review": 2, "ignored": 2, "answers sent": 15}
PATIENCE = 120


def _kept_as(shown: Shown) -> str:
    """The outcome as the database has it."""
    said = shown.outcome.partition(" (")[0]
    return "review" if said == "held for review" else said


def test_two_at_once_show_every_outcome_and_leave_nothing(tmp_path: Path) -> None:
    """Each sample has the outcome that it is there for, in a folder with a blank and in ASCII alone."""
    folders = [tmp_path / "one demo", tmp_path / "another"]
    for folder in folders:
        folder.mkdir()
    encodings = ["utf-8", "ascii"]
    running = [
        start_demo(folder, once=True, PYTHONIOENCODING=encoding, NO_COLOR="1")
        for folder, encoding in zip(folders, encodings, strict=True)
    ]
    ended = [(*demo.communicate(timeout=PATIENCE), demo.returncode) for demo in running]
    for output, errors, code in ended:
        assert (errors, code) == ("", 0)
        assert read_shown(output) == EXPECTED
        for name, count in COUNTS.items():
            assert re.search(rf"[│|] {name} +[│|] +{count} [│|]", output), name
        assert "\x1b" not in output
        assert not [line for line in output.splitlines() if line.startswith("    ") and line.endswith(" ")]
    assert [list(folder.iterdir()) for folder in folders] == [[], []]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_without_once_it_can_be_looked_at_and_ends_in_order(tmp_path: Path, ending: signal.Signals) -> None:
    """The commands that it prints work on what it has done; Ctrl-C ends it, and nothing is left."""
    demo = start_demo(tmp_path, once=False)
    try:
        printed = ""
        assert demo.stdout is not None
        while "Ctrl-C" not in printed and (line := demo.stdout.readline()):
            printed += line
        look = next(line for line in printed.splitlines() if line.endswith(" messages list"))
        program, option, config = shlex.split(look)[:3]
        assert (Path(program).name, option) == ("mailreader", "--config")
        command = [sys.executable, "-m", "mailreader", "--config", config, "messages", "list", "--json"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        outcomes = [json.loads(line)["outcome"] for line in listed.stdout.splitlines()]
        assert sorted(outcomes) == sorted(_kept_as(shown) for shown in EXPECTED)
        os.killpg(demo.pid, ending)
        output, errors = demo.communicate(timeout=PATIENCE)
    finally:
        demo.kill()
        demo.communicate()
    assert (errors, demo.returncode) == ("", 0)
    assert output.endswith("nothing of it is left.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["pymap", "aiosmtpd"])
def test_missing_servers_are_a_sentence(missing: str) -> None:
    """It says what to install."""
    program = f"import sys; sys.modules[{missing!r}] = None\n"
    program += "from mailreader.demo import run_demo; raise SystemExit(run_demo(once=True))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "The demonstration needs servers of its own: pip install 'mailreader[demo]'\n"
