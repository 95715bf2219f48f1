from analysis.inputs.tables import Record, read_table


class Row(Record):
    name: str
    size: int


def test_a_table_that_has_changed_is_read_anew_and_no_reader_changes_it_for_another(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("name,size\na,1\n", encoding="utf-8")
    first = read_table(file, Row, key=["name"])
    first.clear()
    assert [row.size for row in read_table(file, Row, key=["name"])] == [1]
    file.write_text("name,size\na,2\n", encoding="utf-8")
    assert [row.size for row in read_table(file, Row, key=["name"])] == [2]
