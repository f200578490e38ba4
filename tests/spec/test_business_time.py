"""Business time

Promises in business time count working minutes only: inside the working hours of the rep's calendar (else the calendar `default`), in
its own zone, without holidays and absences, across changes of the clocks.
"""

from tests.spec.tables import check

HART = """
timezone: Europe/Berlin
calendars:
  default: {hours: {mon-fri: ["09:00-12:30", "13:30-18:00"]}, holidays: {country: DE}}
"""


def promise(within: str) -> str:
    return f"commitments:\n  - {{name: first response, by: sales, respond_within: {within}, share: 90%, per: month}}\n"


def hart(within: str) -> str:
    return HART + promise(within)


def hours(days: str, within: str, *, zone: str = "Europe/Berlin", holidays: str = "") -> str:
    """A calendar in one line, in a zone, with a promise."""
    free = f", holidays: {holidays}" if holidays else ""
    return f"timezone: {zone}\ncalendars:\n  default: {{hours: {days}{free}}}\n" + promise(within)


def forms(*at: str) -> str:
    return "\n".join(["lead_id | at | kind", *(f"lead-{number} | {text} | form_submitted" for number, text in enumerate(at, 1))])


def due(*at: str) -> str:
    return "\n".join(["lead_id | due_at", *(f"lead-{number} | {text}" for number, text in enumerate(at, 1))])


def test_a_hand_off_on_saturday_with_4_business_hours_is_due_on_monday_at_14_00():
    """Three and a half hours until lunch, the rest after it."""
    check(
        agreement=hart("4 business hours"),
        facts=forms("Sat 2026-03-07 11:00"),
        clocks=due("Mon 2026-03-09 14:00"),
    )


def test_lunch_is_not_working_time():
    """A hand-off at noon, one in the middle of lunch, one at half past five."""
    check(
        agreement=hart("1 business hour"),
        facts=forms("Mon 2026-03-02 12:00", "Mon 2026-03-02 13:00", "Mon 2026-03-02 17:30"),
        clocks=due("Mon 2026-03-02 14:00", "Mon 2026-03-02 14:30", "Tue 2026-03-03 09:30"),
    )


def test_a_budget_that_ends_at_closing_time_is_due_at_closing_time():
    """Not at the next opening; before lunch likewise, and on a Friday."""
    check(
        agreement=hart("210 business minutes"),
        facts=forms("Mon 2026-03-02 14:30", "Mon 2026-03-02 09:00", "Fri 2026-03-06 14:30", "Mon 2026-03-02 14:31"),
        clocks=due("Mon 2026-03-02 18:00", "Mon 2026-03-02 12:30", "Fri 2026-03-06 18:00", "Tue 2026-03-03 09:01"),
    )


def test_a_hand_off_at_closing_time_starts_at_the_next_opening():
    """The first minute of work is the first to count."""
    check(
        agreement=hart("1 business minute"),
        facts=forms("Mon 2026-03-02 18:00", "Mon 2026-03-02 12:30", "Fri 2026-03-06 18:00", "Mon 2026-03-02 09:00"),
        clocks=due("Tue 2026-03-03 09:01", "Mon 2026-03-02 13:31", "Mon 2026-03-09 09:01", "Mon 2026-03-02 09:01"),
    )


def test_n_business_days_end_with_the_work_of_the_nth_working_day_after_the_hand_offs_day():
    """Whatever the hour of the hand-off."""
    check(
        agreement=hart("2 business days"),
        facts=forms("Mon 2026-03-02 08:00", "Mon 2026-03-02 23:00", "Thu 2026-03-05 10:00", "Sat 2026-03-07 10:00"),
        clocks=due("Wed 2026-03-04 18:00", "Wed 2026-03-04 18:00", "Mon 2026-03-09 18:00", "Tue 2026-03-10 18:00"),
    )


def test_holidays_of_the_country_are_no_working_days():
    """Easter: Friday 3 and Monday 6 April 2026."""
    check(
        agreement=hart("4 business hours"),
        facts=forms("Thu 2026-04-02 17:00", "Fri 2026-04-03 10:00"),
        clocks=due("Tue 2026-04-07 12:00", "Tue 2026-04-07 14:00"),
    )


def test_holidays_do_not_count_as_business_days():
    """The first working day after Maundy Thursday is the Tuesday after Easter."""
    check(
        agreement=hart("1 business day"),
        facts=forms("Thu 2026-04-02 10:00"),
        clocks=due("Tue 2026-04-07 18:00"),
    )


def test_a_region_has_holidays_of_its_own():
    """Epiphany, 6 January, is one in Bavaria and not in Berlin."""
    check(
        agreement=hours('{mon-fri: ["09:00-17:00"]}', "1 business hour", holidays="{country: DE, region: BY}"),
        facts=forms("Mon 2026-01-05 16:30"),
        clocks=due("Wed 2026-01-07 09:30"),
    )


def test_days_can_be_listed_as_holidays():
    """Beside those of a country or without one."""
    check(
        agreement=hours('{mon-fri: ["09:00-17:00"]}', "1 business hour", holidays="{also: [2026-03-03, 2026-03-04]}"),
        facts=forms("Mon 2026-03-02 16:30"),
        clocks=due("Thu 2026-03-05 09:30"),
    )


def test_absences_of_the_rep_are_no_working_time():
    """From the first day on until the last, which is not included. Somebody else's absence does not matter."""
    check(
        agreement=hart("2 business hours"),
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 17:00 | assigned       | to=rita@hart.example
        ana     | Mon 2026-03-02 17:00 | form_submitted |
        bob     | Mon 2026-03-02 17:00 | assigned       | to=tom@hart.example
        bob     | Mon 2026-03-02 17:00 | form_submitted |
        """,
        reps="""
        rep               | name
        rita@hart.example | Rita
        tom@hart.example  | Tom
        """,
        absences="""
        rep               | from       | to
        rita@hart.example | 2026-03-03 | 2026-03-05
        """,
        clocks="""
        lead_id | due_at
        ana     | Thu 2026-03-05 10:00
        bob     | Tue 2026-03-03 10:00
        """,
    )


def test_a_day_of_absence_is_no_business_day():
    """Away on Tuesday and Wednesday, so the second working day after Monday is Friday."""
    check(
        agreement=hart("2 business days"),
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 17:00 | assigned       | to=rita@hart.example
        Mon 2026-03-02 17:00 | form_submitted |
        """,
        absences="""
        rep               | from       | to
        rita@hart.example | 2026-03-03 | 2026-03-05
        """,
        clocks="""
        due_at
        Fri 2026-03-06 18:00
        """,
    )


def test_a_rep_works_by_a_calendar_of_its_own():
    """Named in the table of reps; its hours are those on the wall where it is kept. Without one, or without a rep, it is `default`."""
    check(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          default: {hours: {mon-fri: ["09:00-18:00"]}}
          new_york: {timezone: America/New_York, hours: {mon-fri: ["09:00-17:00"]}}
        commitments:
          - {name: first response, by: sales, respond_within: 1 business hour, share: 90%, per: month}
        """,
        facts="""
        lead_id | at                   | kind           | properties
        ann     | Tue 2026-03-03 10:00 | assigned       | to=ann@hart.example
        ann     | Tue 2026-03-03 10:00 | form_submitted |
        rita    | Tue 2026-03-03 10:00 | assigned       | to=rita@hart.example
        rita    | Tue 2026-03-03 10:00 | form_submitted |
        unknown | Tue 2026-03-03 10:00 | assigned       | to=who@hart.example
        unknown | Tue 2026-03-03 10:00 | form_submitted |
        nobody  | Tue 2026-03-03 10:00 | form_submitted |
        """,
        reps="""
        rep               | calendar
        ann@hart.example  | new_york
        rita@hart.example |
        """,
        clocks="""
        lead_id | due_at
        ann     | Tue 2026-03-03 16:00
        rita    | Tue 2026-03-03 11:00
        unknown | Tue 2026-03-03 11:00
        nobody  | Tue 2026-03-03 11:00
        """,
    )


def test_business_days_are_days_where_the_rep_works():
    """Two in the morning in Berlin is Monday evening in New York, so the first working day after it is Tuesday, until five there."""
    check(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          default: {hours: {mon-fri: ["09:00-18:00"]}}
          new_york: {timezone: America/New_York, hours: {mon-fri: ["09:00-17:00"]}}
        commitments:
          - {name: first response, by: sales, respond_within: 1 business day, share: 90%, per: month}
        """,
        facts="""
        lead_id | at                   | kind           | properties
        ann     | Tue 2026-03-03 02:00 | assigned       | to=ann@hart.example
        ann     | Tue 2026-03-03 02:00 | form_submitted |
        nobody  | Tue 2026-03-03 02:00 | form_submitted |
        """,
        reps="""
        rep              | calendar
        ann@hart.example | new_york
        """,
        clocks="""
        lead_id | due_at
        ann     | Tue 2026-03-03 23:00
        nobody  | Wed 2026-03-04 18:00
        """,
    )


def test_the_calendar_is_that_of_the_one_who_was_responsible_first():
    """Also where the lead was assigned after the hand-off, and where another took over later."""
    check(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          default: {hours: {mon-fri: ["09:00-18:00"]}}
          late: {hours: {mon-fri: ["14:00-22:00"]}}
        commitments:
          - {name: first response, by: sales, respond_within: 1 business hour, share: 90%, per: month}
        """,
        facts="""
        at                   | kind           | properties
        Tue 2026-03-03 10:00 | form_submitted |
        Tue 2026-03-03 10:05 | assigned       | to=ann@hart.example
        Tue 2026-03-03 10:10 | assigned       | to=rita@hart.example
        """,
        reps="""
        rep               | calendar
        ann@hart.example  | late
        rita@hart.example | default
        """,
        clocks="""
        due_at
        Tue 2026-03-03 15:00
        """,
    )


def test_a_span_whose_end_is_not_after_its_start_ends_on_the_next_day():
    """A night shift from Monday to Friday works until Saturday morning, and not in the night to Monday."""
    check(
        agreement=hours('{mon-fri: ["22:00-06:00"]}', "2 business hours"),
        facts=forms("Fri 2026-03-06 23:00", "Fri 2026-03-06 21:00", "Sat 2026-03-07 05:00", "Mon 2026-03-09 01:00"),
        clocks=due("Sat 2026-03-07 01:00", "Sat 2026-03-07 00:00", "Mon 2026-03-09 23:00", "Tue 2026-03-10 00:00"),
    )


def test_a_night_shift_belongs_to_the_day_on_which_it_starts():
    """A holiday on Tuesday takes the night from Tuesday to Wednesday, not the one from Monday to Tuesday."""
    check(
        agreement=hours('{mon-fri: ["22:00-06:00"]}', "4 business hours", holidays="{also: [2026-03-03]}"),
        facts=forms("Mon 2026-03-02 23:00", "Tue 2026-03-03 04:00", "Tue 2026-03-03 22:00"),
        clocks=due("Tue 2026-03-03 03:00", "Thu 2026-03-05 00:00", "Thu 2026-03-05 02:00"),
    )


def test_the_work_of_a_business_day_ends_when_its_night_shift_ends():
    """One business day after Monday noon: the shift of Tuesday ends on Wednesday at six."""
    check(
        agreement=hours('{mon-fri: ["22:00-06:00"]}', "1 business day"),
        facts=forms("Mon 2026-03-02 12:00"),
        clocks=due("Wed 2026-03-04 06:00"),
    )


def test_a_span_may_end_at_24_00_and_one_from_midnight_to_midnight_is_a_whole_day():
    """Day and night on weekends; a range of days may run over Sunday."""
    check(
        agreement=hours('{sat-mon: ["00:00-24:00"], wed: ["20:00-24:00"], thu: ["00:00-00:00"]}', "26 business hours"),
        facts=forms("Fri 2026-03-06 12:00", "Wed 2026-03-04 18:00", "Mon 2026-03-09 23:00"),
        clocks=due("Sun 2026-03-08 02:00", "Thu 2026-03-05 22:00", "Thu 2026-03-12 21:00"),
    )


def test_days_can_be_named_one_by_one():
    """Mondays and Wednesdays, and Fridays with other hours."""
    check(
        agreement=hours('{"mon,wed": ["09:00-12:00"], fri: ["10:00-11:00"]}', "4 business hours"),
        facts=forms("Mon 2026-03-02 09:00", "Wed 2026-03-04 09:00"),
        clocks=due("Wed 2026-03-04 10:00", "Fri 2026-03-06 11:00"),
    )


def test_the_hour_that_the_clocks_skip_is_not_worked():
    """The night to 29 March 2026 is an hour shorter: from 22:00 to 06:00 are seven hours."""
    check(
        agreement=hours('{sat: ["22:00-06:00"]}', "7 business hours"),
        facts=forms("Sat 2026-03-28 22:00", "Sun 2026-03-29 01:30"),
        clocks=due("Sun 2026-03-29 06:00", "Sun 2026-04-05 01:30"),
    )


def test_the_hour_that_comes_twice_is_worked_twice():
    """The night to 25 October 2026 is an hour longer."""
    check(
        agreement=hours('{sat: ["22:00-06:00"]}', "9 business hours"),
        facts=forms("Sat 2026-10-24 22:00"),
        clocks=due("Sun 2026-10-25 06:00"),
    )


def test_opening_hours_on_the_wall_hold_across_a_change_of_the_clocks():
    """Nine o'clock is nine o'clock, in winter and in summer."""
    check(
        agreement=hart("1 business hour"),
        facts=forms("Fri 2026-03-27 17:30", "Fri 2026-10-23 17:30"),
        clocks=due("Mon 2026-03-30 09:30", "Mon 2026-10-26 09:30"),
    )


def test_a_time_that_does_not_exist_is_read_with_the_offset_before_the_change():
    """Half past two on 29 March is half past three; from there to five is an hour and a half."""
    check(
        agreement=hours('{sun: ["02:30-05:00"]}', "90 business minutes"),
        facts=forms("Sun 2026-03-29 00:00"),
        clocks=due("Sun 2026-03-29 05:00"),
    )


def test_a_time_that_occurs_twice_is_read_with_the_offset_before_the_change():
    """Half past two on 25 October is the first one (+02:00); an hour later the wall shows half past two again (+01:00)."""
    check(
        agreement=hours('{sun: ["02:30-05:00"]}', "1 business hour"),
        facts=forms("Sun 2026-10-25 00:00"),
        clocks=due("Sun 2026-10-25 02:30+01:00"),
    )


def test_the_wait_for_the_first_attempt_is_measured_in_business_minutes():
    """From noon to two are 60, half an hour on both sides of lunch; over the night only the working minutes count; on a Sunday none."""
    check(
        agreement=HART,
        facts="""
        lead_id | at                      | kind
        lunch   | Mon 2026-03-02 12:00    | form_submitted
        lunch   | Mon 2026-03-02 14:00    | call_made
        night   | Mon 2026-03-02 17:00    | form_submitted
        night   | Tue 2026-03-03 09:30:30 | call_made
        weekend | Sat 2026-03-07 12:00    | form_submitted
        weekend | Sun 2026-03-08 12:00    | call_made
        atonce  | Mon 2026-03-02 12:00    | form_submitted
        atonce  | Mon 2026-03-02 12:00    | call_made
        never   | Mon 2026-03-02 12:00    | form_submitted
        """,
        handoffs="""
        lead_id | business_minutes_to_first_attempt
        lunch   | 60
        night   | 90.5
        weekend | 0
        atonce  | 0
        never   |
        """,
    )


def test_the_wait_is_measured_in_the_reps_own_time():
    """Their calendar, their absences."""
    check(
        agreement=HART,
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 17:00 | form_submitted |
        Mon 2026-03-02 17:00 | assigned       | to=rita@hart.example
        Wed 2026-03-04 10:00 | call_made      |
        """,
        absences="""
        rep               | from       | to
        rita@hart.example | 2026-03-03 | 2026-03-04
        """,
        handoffs="""
        rep               | business_minutes_to_first_attempt
        rita@hart.example | 120
        """,
    )


def test_without_a_calendar_there_are_no_business_minutes_but_for_reps_with_their_own():
    """Nobody has said when the others work."""
    check(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          late: {hours: {mon-fri: ["20:00-04:00"]}}
        """,
        facts="""
        lead_id | at                   | kind           | properties
        late    | Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        late    | Mon 2026-03-02 10:00 | form_submitted |
        late    | Tue 2026-03-03 10:00 | call_made      |
        other   | Mon 2026-03-02 10:00 | form_submitted |
        other   | Tue 2026-03-03 10:00 | call_made      |
        """,
        reps="""
        rep               | calendar
        rita@hart.example | late
        """,
        handoffs="""
        lead_id | business_minutes_to_first_attempt
        late    | 480
        other   |
        """,
    )
