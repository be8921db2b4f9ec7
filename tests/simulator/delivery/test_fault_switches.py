"""The switches that people turn: each is a set of faults that stays on."""

import pytest

from simulator.delivery.fault_switches import Switchboard
from simulator.delivery.faults import Faults


def test_a_switch_stays_on_until_it_is_turned_off() -> None:
    faults = Faults()
    board = Switchboard(faults)
    board.turn("lose", on=True)
    board.turn("429", on=True)
    for _ in range(3):
        assert faults.fate_of_callback("status").delays == ()
        fault = faults.strike_rest("POST", "/Calls.json")
        assert fault
        assert fault.failure == 429
    board.turn("lose", on=False)
    assert faults.fate_of_callback("status").delays == (0.0,)
    assert faults.strike_rest("POST", "/Calls.json")
    board.all_off()
    assert faults.strike_rest("POST", "/Calls.json") is None
    with pytest.raises(ValueError, match="no such switch"):
        board.turn("gravity", on=False)
