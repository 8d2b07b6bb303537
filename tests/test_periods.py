"""Are dates read as people mean them, and do periods take their hours from the calendar?"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from planner.periods import MONTHS, Moment, Timeline, add_months


def moment(text: str) -> Moment:
    return Moment.parse(text)


def line(start: str, end: str, step: str = "quarter") -> Timeline:
    return Timeline.between(moment(start), moment(end), step)


class TestMoment:
    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2026", date(2026, 1, 1), date(2026, 12, 31)),
            ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
            ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
            ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
            ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
            ("2000-02", date(2000, 2, 1), date(2000, 2, 29)),
            ("2100-02", date(2100, 2, 1), date(2100, 2, 28)),
            ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
            ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
            ("0001", date(1, 1, 1), date(1, 12, 31)),
        ],
    )
    def test_spans(self, text, first, last):
        assert (moment(text).first, moment(text).last, str(moment(text))) == (first, last, text)

    @pytest.mark.parametrize(
        "text",
        [
            *("", "26", "2026-Q5", "2026-Q0", "2026-q1", "2026-13", "2026-00", "2026-1", "2026/04", "0000", "9999"),
            *("2026-02-30", "2023-02-29", "2026-04-31", "2026-05-00", "2026-00-10", "2026-Q3-01", "2026-09-15T00:00"),
            *("Q3 2026", "March 2026", "2026\n", "２０２６", "20266", "-2026", "2026-Q3 "),
        ],
    )
    def test_what_is_no_date(self, text):
        with pytest.raises(PydanticCustomError) as caught:
            moment(text)
        assert caught.value.context["code"] == "D001"
        assert "is not a date" in caught.value.context["message"]

    @pytest.mark.parametrize("value", [None, True, 2026.5, [2026], date(2026, 1, 1)])
    def test_nor_is_another_type(self, value):
        with pytest.raises(PydanticCustomError):
            Moment.parse(value)

    def test_a_number_is_a_year_and_a_moment_is_itself(self):
        assert Moment.parse(2026) == moment("2026")
        whole = moment("2026-Q3")
        assert Moment.parse(whole) is whole

    @pytest.mark.parametrize("text", ["Q3 2026", "Q3-2026", "Q32026"])
    def test_the_way_out(self, text):
        with pytest.raises(PydanticCustomError) as caught:
            moment(text)
        assert caught.value.context["help"] == "write `2026-Q3`"

    def test_order_is_by_first_day(self):
        texts = ["2025-12-31", "2026-01-01", "2026-01", "2026-Q1", "2026", "2026-02"]
        assert sorted(texts, key=moment) == texts

    def test_as_a_field(self):
        class Box(BaseModel):
            when: Moment

        box = Box.model_validate({"when": "2026-Q3"})
        assert box.model_dump(mode="json") == {"when": "2026-Q3"}
        assert Box.model_validate_json(box.model_dump_json()) == box
        assert Box.model_json_schema()["properties"]["when"]["type"] == "string"
        with pytest.raises(ValidationError):
            Box.model_validate({"when": "soon"})

    @given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
    def test_spans_against_the_calendar(self, day):
        year, month = day.year, day.month
        whole = moment(f"{year}-{month:02d}")
        assert (whole.last - whole.first).days + 1 == calendar.monthrange(year, month)[1]
        quarter = moment(f"{year}-Q{(month + 2) // 3}")
        assert quarter.first <= day <= quarter.last
        assert (quarter.last + timedelta(days=1)).day == 1
        assert (moment(f"{year}").last - moment(f"{year}").first).days + 1 == (366 if calendar.isleap(year) else 365)
        assert moment(day.isoformat()).first == day


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_add_months_against_counting_them(day, months):
    found = add_months(day, months)
    assert found.day == 1
    assert (found.year - day.year) * 12 + found.month - day.month == months


class TestTimeline:
    def test_quarters(self):
        timeline = line("2026-Q3", "2027-Q2")
        assert [p.label for p in timeline.periods] == ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]
        assert [p.hours for p in timeline.periods] == [92 * 24, 92 * 24, 90 * 24, 91 * 24]
        assert (timeline.periods[0].start, timeline.periods[-1].end) == (date(2026, 7, 1), date(2027, 7, 1))

    def test_months_and_years(self):
        assert [p.label for p in line("2026-11", "2027-02", "month").periods] == ["2026-11", "2026-12", "2027-01", "2027-02"]
        assert [(p.label, p.hours) for p in line("2023", "2024", "year").periods] == [("2023", 8760), ("2024", 8784)]

    @pytest.mark.parametrize(("year", "hours"), [("2023", 2160), ("2024", 2184), ("2100", 2160), ("2000", 2184)])
    def test_the_first_quarter_of_a_leap_year_is_a_day_longer(self, year, hours):
        assert line(f"{year}-Q1", f"{year}-Q1").periods[0].hours == hours

    def test_the_last_step_is_whole(self):
        """A horizon to November by quarters runs to the end of December."""
        assert line("2026-Q3", "2026-11").periods[-1].end == date(2027, 1, 1)

    @pytest.mark.parametrize(
        ("start", "end", "step", "words"),
        [
            ("2027", "2026", "quarter", "ends (2026) before it begins (2027)"),
            ("2026-Q2", "2026-Q1", "quarter", "before it begins"),
            ("2026-08", "2027", "quarter", "2026-08 is not the first day of a quarter"),
            ("2026-Q3", "2028", "year", "2026-Q3 is not the first day of a year"),
            ("2026-08-02", "2027", "month", "2026-08-02 is not the first day of a month"),
            ("2000", "2100", "month", "more than 240 periods"),
        ],
    )
    def test_horizons_that_make_no_sense(self, start, end, step, words):
        with pytest.raises(ValueError) as caught:
            line(start, end, step)
        assert words in str(caught.value)

    def test_as_long_as_allowed(self):
        assert len(line("2000", "2019", "month")) == 240

    def test_what_a_date_switches_on_begins_with_a_whole_period(self):
        timeline = line("2026-Q3", "2027-Q2")
        found = {
            text: timeline.from_on(moment(text))
            for text in ("2020", "2026-07-01", "2026-07-02", "2026-Q4", "2026-10-02", "2027-Q2", "2027-04-02")
        }
        assert found == {"2020": 0, "2026-07-01": 0, "2026-07-02": 1, "2026-Q4": 1, "2026-10-02": 2, "2027-Q2": 3, "2027-04-02": 4}

    def test_what_a_date_demands_counts_in_the_period_that_holds_it(self):
        timeline = line("2026-Q3", "2027-Q2")
        found = {
            text: timeline.containing(moment(text))
            for text in ("2026-06-30", "2026-07-01", "2026-09-30", "2026-10", "2027", "2027-06-30", "2027-07-01")
        }
        assert found == {"2026-06-30": None, "2026-07-01": 0, "2026-09-30": 0, "2026-10": 1, "2027": 2, "2027-06-30": 3, "2027-07-01": None}

    @pytest.mark.parametrize(
        ("days", "step", "steps"),
        [
            (0, "quarter", 0),
            (1, "quarter", 1),
            (91.25, "quarter", 1),
            (91.26, "quarter", 2),
            (182, "quarter", 2),
            (365, "year", 1),
            (366, "year", 2),
            (30, "month", 1),
            (31, "month", 2),
        ],
    )
    def test_delays_are_rounded_up(self, days, step, steps):
        assert line("2026", "2029", step).steps_for(days) == steps

    def test_years(self):
        timeline = line("2026", "2027")
        assert timeline.years_between(0, 3) == 1.0
        assert timeline.years_between(2, 2) == 92 / 365
        assert timeline.years_from_start()[0] == 45 / 365
        assert timeline.years_from_start()[-1] == pytest.approx((730 - 46) / 365)


STEPS = st.sampled_from(["month", "quarter", "year"])


@st.composite
def timelines(draw) -> Timeline:
    step = draw(STEPS)
    months = MONTHS[step]
    start = date(draw(st.integers(1990, 2060)), 1, 1)
    start = add_months(start, months * draw(st.integers(0, 11)))
    count = draw(st.integers(1, 24))
    end = add_months(start, months * count) - timedelta(days=draw(st.integers(1, 28)))
    return Timeline.between(moment(start.isoformat()), moment(end.isoformat()), step)


class TestAnyTimeline:
    @given(timelines())
    def test_periods_have_no_gaps_and_all_the_hours_of_the_calendar(self, timeline):
        periods = timeline.periods
        assert [p.index for p in periods] == list(range(len(timeline)))
        assert all(one.end == next_.start for one, next_ in pairwise(periods))
        assert sum(p.hours for p in periods) == (periods[-1].end - periods[0].start).days * 24
        assert all(Moment.parse(p.label).first == p.start for p in periods)
        assert all(Moment.parse(p.label).last == p.end - timedelta(days=1) for p in periods)

    @given(timelines(), st.integers(-400, 4000))
    def test_dates_against_a_count_of_days(self, timeline, offset):
        day = timeline.periods[0].start + timedelta(days=offset)
        when = moment(day.isoformat())
        starts = [p.start for p in timeline.periods]
        assert timeline.from_on(when) == sum(start < day for start in starts)
        inside = starts[0] <= day < timeline.periods[-1].end
        assert timeline.containing(when) == (sum(start <= day for start in starts) - 1 if inside else None)

    @given(timelines(), st.integers(-400, 4000))
    def test_what_is_switched_on_is_never_early_and_at_most_one_period_late(self, timeline, offset):
        day = timeline.periods[0].start + timedelta(days=offset)
        when = moment(day.isoformat())
        index, holding = timeline.from_on(when), timeline.containing(when)
        if index < len(timeline):
            assert timeline.periods[index].start >= day
        if holding is not None:
            assert index - holding == (timeline.periods[holding].start != day)

    @given(timelines(), st.floats(0, 3650))
    def test_delays_in_whole_steps(self, timeline, days):
        nominal = 365 / 12 * MONTHS[timeline.step]
        assert timeline.steps_for(days) in (ceil(days / nominal), ceil(days / nominal - 1e-9))
        assert timeline.steps_for(days) * nominal >= days - 1e-6

    @given(timelines())
    def test_years_add_up(self, timeline):
        last = len(timeline) - 1
        assert timeline.years_between(0, last) == pytest.approx(sum(timeline.years_between(i, i) for i in range(len(timeline))))
        middles = timeline.years_from_start()
        assert all(0 < middle < timeline.years_between(0, last) for middle in middles)
        assert middles == sorted(middles)
