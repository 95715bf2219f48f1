import pandas as pd

from analysis.inputs.memory import remembered

TABLE = pd.DataFrame({"score": [1, 2]})


def counting():
    """A function that says how often it has computed."""
    calls = []

    @remembered
    def total(table: pd.DataFrame, *, times: int) -> list[int]:
        calls.append(times)
        return [int(table["score"].sum()) * times]

    return total, calls


def test_the_same_content_is_computed_once():
    total, calls = counting()
    assert [total(TABLE, times=2), total(TABLE.copy(), times=2)] == [[6], [6]]
    assert calls == [2]


def test_another_content_or_argument_is_computed_anew():
    total, calls = counting()
    changed = TABLE.assign(score=[1, 3])
    assert [total(TABLE, times=2), total(changed, times=2), total(changed, times=3)] == [[6], [8], [12]]
    assert calls == [2, 2, 3]


def test_what_a_caller_does_to_its_result_stays_with_it():
    total, _ = counting()
    total(TABLE, times=2).append(0)
    assert total(TABLE, times=2) == [6]
