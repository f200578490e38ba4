"""In how many of the usual cases each feature of `coverage` must at least have occurred."""

NEEDED: dict[int, str] = {
    25: """
        a cent more by a remainder
        a cent more by name
        a lost opportunity and a hand-back together
        account that changed
        amount converted
        amount of the agreement's currency
        amount without a rate
        assigned earlier in the cycle
        assigned later
        assigned without a name
        attempt at the hand-off
        attribute of empty text
        attribute removed by null
        brought back by a touch
        business minutes
        campaign named like an end of the chain
        campaign on what is no touch
        campaign that follows itself
        campaign twice on a path
        channel of a later touch
        channel of a touch
        channels that differ
        clock attempts: breached
        clock breached
        clock decide_within: kept
        clock in business days
        clock in business hours
        clock in elapsed time
        clock kept
        clock late
        clock respond_within: breached
        clock respond_within: kept
        clock respond_within: void
        clock void
        commitment accepted: null
        commitment attempts: missed
        commitment attempts: null
        commitment decide_within: null
        commitment deliver: behind
        commitment deliver: missed
        commitment for each month
        commitment for each quarter
        commitment for each week
        commitment for each year
        commitment of some grades
        commitment pursue: behind
        commitment pursue: missed
        commitment respond_within: behind
        commitment respond_within: missed
        commitment respond_within: null
        commitment revenue: behind
        commitment revenue: missed
        commitment worth: behind
        commitment worth: met
        commitment worth: missed
        conflict
        converted amount of parts of a cent
        cycle across versions
        cycle after a disqualification
        cycle ended by disqualified
        cycle ended by opportunity_lost
        cycle ended by recycled
        cycle ended by rejected
        delivered and not ended
        delivered at 0
        displaced
        due in business hours on the minute
        entry given by return_to
        equality of 0 numbers and 2 texts: False
        equality of 0 numbers and 2 texts: True
        fact after as_of
        fact as a version begins
        fade to all
        fading
        fading at the moment of another fact
        first moment with a profile
        first moment without a profile
        first: a share of 0
        forecast of leads from the pace
        forecast of money from the pace
        hand-off before the one of the last version
        hand-off by an earlier version
        hand-off by marketing
        hand-off by sales
        hand-off in a later cycle
        hand-off with accepted_at
        hand-off with campaign
        hand-off with first_attempt_at
        hand-off with reason
        hand-off with rejected_at
        hand-off with worth
        held up because it must be earned anew
        held up by only_from
        implied entry
        interval of leads cut at what there is
        interval of money cut at what there is
        last: a share of 0
        lead with nothing left of its wins
        ledger delivered
        ledger returned
        ledger undone
        ledger won
        linear: shares of several campaigns
        linear: unequal shares
        lost at the moment of the win, after it
        lost at the moment of the win, before it
        lost by another lead than won
        lost opportunity that sends nobody back
        machine
        markov: shares of several campaigns
        markov: unequal shares
        negative points fading
        no business minutes
        no channel
        nobody responsible
        nothing to share out
        one of several rates of a pair
        operator at_least on nothing known: False
        operator between on nothing known: False
        operator contains on nothing known: False
        operator in on nothing known: False
        operator not_in on nothing known: True
        operator starts_with on nothing known: False
        opportunity of several leads
        opportunity with an id
        opportunity without an id
        other settings of attribution before
        own entry at the begin of the cycle
        own entry in the first cycle by a fact
        own entry in the first cycle by a state
        own entry in the later cycle by a fact
        own entry under an earlier version
        own entry with all
        own entry with any
        own entry with only_from
        own entry with score
        path of more touches
        path of one touch
        path of three campaigns or more
        path without a sale
        period passes by business time
        period passes by plain time
        persona by order
        position: shares of several campaigns
        position: unequal shares
        recorded after as_of
        rep assigned after
        rep assigned before
        rep by the first attempt
        retraction
        row by an earlier version
        row not on trial
        row on trial
        rows from the day it is in force
        rows from the first fact
        rule of several versions
        several facts at one moment satisfy
        several paths with a sale
        several touches at one moment of a path
        shapley: shares of several campaigns
        share above its target before the end
        share with an interval
        stage without a condition
        target met early
        the second fact of the moment did it
        three cycles or more
        time_decay: shares of several campaigns
        time_decay: unequal shares
        touch exactly at the win
        touches of several leads on a path
        two versions
        unattributed
        unattributed though there were touches
        version begins in a life
        version with other personas
        version with other points
        void clock in a period
        win lost more than once
        win that stands
        win undone
        win undone by another lead
        win without an amount
        win without an opportunity
        won again after a loss
        won again without a loss between
        won amount
        won by several leads
        worth by engagement
    """,
    8: """
        absence while waiting
        accepted and rejected
        account taken away
        as_of as a period begins
        campaign of paths without a sale alone
        channel of a touch before that of the table
        clock attempts: kept
        clock attempts: open
        clock attempts: void
        clock decide_within: breached
        clock decide_within: late
        clock in business minutes
        clock open
        clock respond_within: late
        clock respond_within: open
        commitment accepted: behind
        commitment accepted: met
        commitment accepted: missed
        commitment accepted: on_pace
        commitment attempts: behind
        commitment attempts: met
        commitment decide_within: behind
        commitment decide_within: met
        commitment decide_within: missed
        commitment decide_within: on_pace
        commitment deliver: met
        commitment deliver: on_pace
        commitment pursue: met
        commitment pursue: on_pace
        commitment respond_within: met
        commitment respond_within: on_pace
        commitment revenue: met
        commitment revenue: on_pace
        commitment worth: on_pace
        cycle of no length
        delivered and ended at one moment
        delivered, accepted and ended by opportunity_lost
        delivered, accepted and ended by rejected
        delivered, ended by disqualified
        delivered, ended by recycled
        delivered, ended by rejected
        displaced and fading at one moment
        displaced at its own moment
        displaced by a fact of a later version
        entry as a version begins
        equal though written differently
        equality of 1 numbers and 1 texts: False
        equality of 2 numbers and 0 texts: False
        equality of 2 numbers and 0 texts: True
        fact a microsecond before a version
        fact between two cycles
        fact that hits several rules
        fading under a later version
        fit changes after a version
        fit of the empty profile
        forecast of leads from 1 earlier periods
        forecast of leads from 3 earlier periods
        forecast of money from 1 earlier periods
        forecast of money from 3 earlier periods
        given by an earlier version
        hand-off after a check
        hand-off at the first stage
        hand-off because a version begins
        hand-off with connected_at
        hand-off with disqualified_at
        hand-off with recycled_at
        held up by only_from of a fact inside all
        held up until the first earning fact
        implied by one of several
        implied entry by a score
        interval of leads on both sides
        interval of money on both sides
        kept but not yet due
        leads of the account besides
        no path because the account bought
        no persona
        no settings of attribution
        no touch in the look-back of as_of
        not in force by then
        only the inverse rate is known
        only_from an entry of an earlier version
        operator at_least: False
        operator at_least: True
        operator at_most on nothing known: False
        operator at_most: False
        operator at_most: True
        operator between: False
        operator contains: False
        operator contains: True
        operator exists on nothing known: False
        operator exists on nothing known: True
        operator exists: False
        operator exists: True
        operator in: False
        operator in: True
        operator not_in: False
        operator not_in: True
        operator starts_with: False
        operator starts_with: True
        own entry at the end of the cycle
        own entry by nested any and all
        own entry in the later cycle by a state
        own entry with grade
        owner is another
        path of two touches
        path without a sale cut by the look-back
        path without a sale of a lost opportunity
        period ends as a version begins
        persona changes
        position: a share of 0
        profile_changed as a version begins
        rate begins after the amount
        rate by way of a third currency only
        rate of a currency in itself
        rate of the very day
        rep of an earlier cycle
        retraction of nothing
        same fact again
        several profile changes at one moment
        several wins in one row
        shapley: a share of 0
        three versions or more
        touch exactly at the look-back
        touch exactly at the look-back of as_of
        touch just before the look-back
        touch just before the win
        two cents left
        united lead
        unlinked
        version after as_of
        version line
        version with a stage more
        version with another handoff.at
        version with another handoff.attempts
        version with another handoff.check
        version with another handoff.connects
        version with another handoff.return_to
        version with another order
        version with other at_most
        version with other calendars
        version with other fades
        version with other grades
        version with other timezone
        version with other worth
        version without a rule
        versions of several zones
        win lost in the cycle
        win undone in another cycle
        win without an id stands though another's is lost
        win without an id undone
        won twice
        worth of a grade not named
    """,
    3: """
        a tenth has just passed
        account that does not matter
        as_of exactly when due
        brought back by accepted
        brought back by meeting_held
        brought back by opportunity_opened
        business minutes of parts of a minute
        change of clocks while waiting
        channel of the table
        clock attempts: late
        clock decide_within: open
        clock of a commitment that is no more
        commitment attempts: on_pace
        connect of a later version
        converted amount of half a cent
        cycle begins as a version begins
        cycle ended exactly when due
        cycle without a hand-off by the last version
        delivered, accepted and ended by disqualified
        delivered, accepted and ended by recycled
        delivered, ended by opportunity_lost
        displaced by a fact of another limit
        due exactly as of
        entered before there was such a stage
        entry by a fact of an earlier version inside all
        fade upwards
        forecast of leads from 2 earlier periods
        forecast of money from 2 earlier periods
        forecast of money not yet
        hand-off because of a stage given before
        handed over as a period begins
        holiday while waiting
        kept exactly when due
        operator between: True
        opportunity of several accounts
        own entry by a fact inside all that came before
        own entry by time alone
        own entry of a stage that is no more
        own entry with persona
        persona of negative points
        rate of another day in UTC
        rep with a calendar of their own
        retraction of a retraction
        retraction of linked
        retraction of rejected
        retraction that does not count
        revenue in another currency than the last
        row of a commitment that is no more
        row of another length than now
        row of another target than now
        rule that counts no more
        several hand-backs at one time
        stage without a condition in the middle
        time_decay: a share of 0
        touch older than a thousand half-lives
        touches of the account besides
        united under an id without facts
        version as of exactly then
        version begins with a life
        version line with a profile_changed
        version line without a fact
        version on a day when the clocks change
        version with a stage less
        version with other currency
        version with other fact
        version without a line though the persona differs
        win lost after the cycle
        won in another currency
        worth in another currency
    """,
    1: """
        attempt by a later version alone
        brought back by opportunity_moved
        brought back by opportunity_won
        clock decide_within: void
        disqualified beats a hand-back
        due as a period begins
        entry of a stage that has no condition now
        forecast below what there is
        forecast of leads not yet
        given a stage that is no more
        given in another order
        hand-off at a stage that is no more
        hand-off because a version begins, after a check
        no attempt any more
        only_from a stage that is no more
        rejected, but ended by another
        renewed by another lead
        retraction of disqualified
        retraction of profile_changed
        row of a shorter or longer period gives way
        shapley: a share below 0
        shapley: unequal shares
        touch just before the look-back of as_of
        united under another than the smallest id
        version after the last fact
        version before the first fact
        version without a line though the rules differ
        won in the currency of the day
        worth without a rate
    """,
}

CASES = 300
"""The usual number of cases."""


def needed() -> dict[str, int]:
    """Feature → in how many of the usual cases it must have occurred."""
    return {line.strip(): least for least, lines in NEEDED.items() for line in lines.strip().splitlines()}
