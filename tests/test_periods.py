"""Are dates read as people mean them, and do periods take their hours from the calendar?"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from planner.periods import MONTHS, Moment, Timeline, add_months, earlier, later, years_between


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
            *(
                "",
                "26",
                "2026-Q5",
                "2026-Q0",
                "2026-q1",
                "2026-13",
                "2026-00",
                "2026-1",
                "2026/04",
                "0000",
                "9999",
            ),
            *(
                "2026-02-30",
                "2023-02-29",
                "2026-04-31",
                "2026-05-00",
                "2026-00-10",
                "2026-Q3-01",
                "2026-09-15T00:00",
            ),
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

    def test_a_comma_in_a_number_is_said_to_end_an_entry(self):
        """`{2027-Q1: 4,096 systems}` has a key `096 systems`."""
        with pytest.raises(PydanticCustomError) as caught:
            Moment.parse("096 systems")
        assert "without the comma" in caught.value.context["help"]

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
        assert (moment(f"{year}").last - moment(f"{year}").first).days + 1 == (
            366 if calendar.isleap(year) else 365
        )
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
        assert (timeline.periods[0].start, timeline.periods[-1].end) == (
            date(2026, 7, 1),
            date(2027, 7, 1),
        )

    def test_months_and_years(self):
        assert [p.label for p in line("2026-11", "2027-02", "month").periods] == [
            "2026-11",
            "2026-12",
            "2027-01",
            "2027-02",
        ]
        assert [(p.label, p.hours) for p in line("2023", "2024", "year").periods] == [
            ("2023", 8760),
            ("2024", 8784),
        ]

    @pytest.mark.parametrize(
        ("year", "hours"), [("2023", 2160), ("2024", 2184), ("2100", 2160), ("2000", 2184)]
    )
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
            for text in (
                "2020",
                "2026-07-01",
                "2026-07-02",
                "2026-Q4",
                "2026-10-02",
                "2027-Q2",
                "2027-04-02",
            )
        }
        assert found == {
            "2020": 0,
            "2026-07-01": 0,
            "2026-07-02": 1,
            "2026-Q4": 1,
            "2026-10-02": 2,
            "2027-Q2": 3,
            "2027-04-02": 4,
        }

    def test_what_a_date_demands_counts_in_the_period_that_holds_it(self):
        timeline = line("2026-Q3", "2027-Q2")
        found = {
            text: timeline.containing(moment(text))
            for text in (
                "2026-06-30",
                "2026-07-01",
                "2026-09-30",
                "2026-10",
                "2027",
                "2027-06-30",
                "2027-07-01",
            )
        }
        assert found == {
            "2026-06-30": None,
            "2026-07-01": 0,
            "2026-09-30": 0,
            "2026-10": 1,
            "2027": 2,
            "2027-06-30": 3,
            "2027-07-01": None,
        }

    @pytest.mark.parametrize(
        ("days", "step", "holds", "held"),
        [
            (0, "quarter", 0, 0),
            (1, "quarter", 1, 0),
            (90, "quarter", 1, 0),  # the first quarter of 2026 has 90 days, the third 92
            (91, "quarter", 2, 0),
            (91.25, "quarter", 1, 1),  # three months, as a file's `3 months` is read
            (92, "quarter", 2, 1),
            (182, "quarter", 3, 1),
            (182.5, "quarter", 2, 2),
            (365, "year", 1, 1),
            (366, "year", 2, 1),
            (731, "year", 3, 2),
            (28, "month", 1, 0),
            (30, "month", 2, 0),
            (31, "month", 2, 1),
        ],
    )
    def test_periods_that_hold_a_duration_and_that_it_holds(self, days, step, holds, held):
        timeline = line("2026", "2029", step)
        assert (timeline.steps_for(days), timeline.steps_within(days)) == (holds, held)

    def test_years_are_months_of_the_calendar(self):
        timeline = line("2026", "2027")
        assert [timeline.years_to(start) for start in timeline.starts] == pytest.approx(
            [t / 4 for t in range(len(timeline))], abs=1e-12
        )
        assert years_between(date(2027, 1, 1), date(2027, 2, 15)) == pytest.approx(
            (1 + 14 / 28) / 12
        )
        assert years_between(date(2028, 3, 1), date(2027, 3, 1)) == pytest.approx(-1)
        assert {
            step: line("2028", "2028", step).step_years for step in ("month", "quarter", "year")
        } == {
            "month": 1 / 12,
            "quarter": 1 / 4,
            "year": 1.0,
        }

    @pytest.mark.parametrize(
        ("day", "delays", "then"),
        [
            ("2027-02-01", (30,), "2027-03-03"),
            ("2027-01-01", (56, 30), "2027-03-28"),
            ("2027-01-01", (1, 1), "2027-01-03"),
            ("2027-01-31", (365 / 12,), "2027-03-03"),  # a month later: the 31st of February
            ("2028-01-01", (365,), "2029-01-01"),  # a year, though 2028 has 366 days
            ("2027-01-01", (2.5,), "2027-01-04"),
            ("2027-01-01", (182.5, 14), "2027-07-15"),
        ],
    )
    def test_delays_are_added_to_the_date(self, day, delays, then):
        assert later(date.fromisoformat(day), *delays) == date.fromisoformat(then)

    @pytest.mark.parametrize(
        ("first", "delays", "step", "days", "runs"),
        [
            # 86 days are less than a quarter: what comes in the first runs in the second, and is
            # paid for no earlier than that takes
            (
                "2027-02-26",
                (30,),
                "quarter",
                ["2027-03-02", "2027-06-01", "2027-09-01", None],
                ["2027-Q2", "2027-Q3", "2027-Q4", ""],
            ),
            # nothing to wait for: it runs in the period on whose first day it comes
            (
                "2027-01-01",
                (0,),
                "quarter",
                ["2027-01-01", "2027-04-01", "2027-07-01", "2027-10-01"],
                ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"],
            ),
            # two days: the next quarter, not the one after it
            (
                "2027-01-02",
                (1,),
                "quarter",
                ["2027-03-31", "2027-06-30", "2027-09-30", None],
                ["2027-Q2", "2027-Q3", "2027-Q4", ""],
            ),
        ],
    )
    def test_only_the_day_of_service_is_rounded(self, first, delays, step, days, runs):
        timeline = line("2027", "2027", step)
        found = timeline.arrivals(date.fromisoformat(first), date(2030, 1, 1), *delays)
        assert [None if a is None else str(a.day) for a in found] == days
        assert ["" if a is None else timeline.periods[a.runs].label for a in found] == runs

    def test_thirty_days_in_months(self):
        """Proves: thirty days from 1 February are over on 3 March, so April is the first whole
        month after them."""
        timeline = line("2027", "2027", "month")
        runs = [
            None if a is None else a.runs + 1
            for a in timeline.arrivals(timeline.start, timeline.end, 30)
        ]
        assert runs == [2, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, None]


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
        assert timeline.containing(when) == (
            sum(start <= day for start in starts) - 1 if inside else None
        )

    @given(timelines(), st.integers(-400, 4000))
    def test_what_is_switched_on_is_never_early_and_at_most_one_period_late(self, timeline, offset):
        day = timeline.periods[0].start + timedelta(days=offset)
        when = moment(day.isoformat())
        index, holding = timeline.from_on(when), timeline.containing(when)
        if index < len(timeline):
            assert timeline.periods[index].start >= day
        if holding is not None:
            assert index - holding == (timeline.periods[holding].start != day)

    @given(
        timelines(),
        st.integers(-60, 4000),
        st.integers(0, 60),
        st.floats(0, 1200),
        st.floats(0, 400),
    )
    def test_nothing_runs_early_nor_a_period_late(
        self, timeline, offset, window, first_days, then_days
    ):
        """Against a search day by day over the window in which something may come."""
        first = timeline.start + timedelta(days=offset)
        last = first + timedelta(days=window)
        for t, arrival in enumerate(timeline.arrivals(first, last, first_days, then_days)):
            period = timeline.periods[t]
            days = [
                d
                for n in range(window + 1)
                if period.start <= (d := first + timedelta(days=n)) < period.end
            ]
            over = [timeline.starting(later(day, first_days, then_days)) for day in days]
            if arrival is None:
                assert min(over, default=len(timeline)) == len(timeline)
                continue
            assert arrival.runs == min(over)
            assert arrival.day in days
            done = later(arrival.day, first_days, then_days)
            assert done <= timeline.periods[arrival.runs].start
            soonest = later(days[0], first_days, then_days)
            assert arrival.runs == 0 or soonest > timeline.periods[arrival.runs - 1].start

    @given(timelines(), st.integers(-400, 4000), st.floats(0, 1500))
    def test_earlier_is_the_last_day_that_is_in_time(self, timeline, offset, days):
        day = timeline.start + timedelta(days=offset)
        before = earlier(day, days)
        assert later(before, days) <= day
        assert later(before + timedelta(days=1), days) > day or day.day > 28 or before.day > 27

    @given(timelines(), st.floats(0, 3650))
    def test_durations_in_whole_steps(self, timeline, days):
        assert (
            timeline.steps_within(days)
            <= timeline.steps_for(days)
            <= timeline.steps_within(days) + 2
        )

    @given(timelines())
    def test_years_add_up(self, timeline):
        whole = timeline.years_to(timeline.end)
        assert whole == pytest.approx(timeline.step_years * len(timeline))
        assert whole == pytest.approx(sum(years_between(p.start, p.end) for p in timeline.periods))
