package journal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/journal"
)

func TestSentenceOfEachState(t *testing.T) {
	t.Parallel()
	const (
		yes, no, open = journal.Confirmed, journal.NotAsExpected, journal.NotChecked
		removed       = "Maren Dahl removed Bo. "
		wanted        = "Maren Dahl wanted to remove Bo. "
		asked         = "Maren Dahl asked Tallyfy to remove Bo. "
	)
	check := func(results ...journal.Result) *journal.Check {
		c := &journal.Check{At: time.Date(2026, 3, 4, 10, 58, 0, 0, time.UTC)}
		for _, r := range results {
			c.Findings = append(c.Findings, journal.Finding{Result: r})
		}
		return c
	}
	for name, test := range map[string]struct {
		state    journal.State
		words    string
		check    *journal.Check
		underWay bool
		want     string
	}{
		"done and confirmed":              {journal.Done, "", check(yes, yes), false, removed + "Confirmed 10:58."},
		"done, in part checked":           {journal.Done, "", check(yes, open, yes), false, removed + "Confirmed 10:58, but 1 of 3 points could not be checked."},
		"done, not as expected":           {journal.Done, "", check(yes, no, open), false, removed + "Checked 10:58: 1 of 3 points not as expected."},
		"done, nothing found out":         {journal.Done, "", check(open, open), false, removed + "It could not be checked."},
		"done, no sentence":               {journal.Done, "", check(), false, removed + "It could not be checked."},
		"done, not checked":               {journal.Done, "", nil, false, removed + "Not checked."},
		"refused with words":              {journal.Refused, "Name taken.", nil, false, "Maren Dahl wanted to remove Bo. Tallyfy refused: “Name taken.”"},
		"refused, found done":             {journal.Refused, "Not now.", check(yes), false, wanted + "Tallyfy refused: “Not now.” But it was found done 10:58."},
		"refused without words":           {journal.Refused, "", nil, false, wanted + "Tallyfy refused."},
		"not sent":                        {journal.NotSent, "no connection", nil, false, wanted + "It was not sent."},
		"under way":                       {journal.Sent, "", nil, true, asked + "It is not answered yet."},
		"crashed":                         {journal.Sent, "", nil, false, asked + "No outcome was stored; not known."},
		"crashed, found done":             {journal.Sent, "", check(yes, open), false, asked + "No outcome was stored. Found done 10:58."},
		"crashed, found not done":         {journal.Sent, "", check(no, yes), false, asked + "No outcome was stored. Found not done 10:58."},
		"not confirmed":                   {journal.NotConfirmed, "", nil, false, asked + "Tallyfy did not answer; not known."},
		"not confirmed, nothing found":    {journal.NotConfirmed, "", check(open, yes), false, asked + "Tallyfy did not answer; not known."},
		"not confirmed, found done":       {journal.NotConfirmed, "", check(yes), false, asked + "Tallyfy did not answer. Found done 10:58."},
		"not confirmed, found not done":   {journal.NotConfirmed, "", check(no), false, asked + "Tallyfy did not answer. Found not done 10:58."},
		"an answer was stored meanwhile":  {journal.Done, "", check(yes), true, removed + "Confirmed 10:58."},
		"not confirmed, no sentence here": {journal.NotConfirmed, "", check(), false, asked + "Tallyfy did not answer; not known."},
	} {
		t.Run(name, func(t *testing.T) {
			e := &journal.Entry{State: test.state, Check: test.check, Intent: journal.Intent{
				Actor: journal.Subject{Name: "Maren Dahl"}, Plan: journal.Plan{Will: "remove Bo", Did: "removed Bo"},
			}}
			if test.state != journal.Sent {
				e.Outcome = &journal.Outcome{State: test.state, Words: test.words, Tallyfys: test.words != ""}
			}
			minute := func(at time.Time) string { return at.Format("15:04") }
			assert.Equal(t, test.want, e.Sentence(minute, test.underWay))
		})
	}
	for state, want := range map[journal.State]string{ // Tallyfy has no part in what is kept here
		journal.Done:    "Maren Dahl closed the review. Not checked.",
		journal.NotSent: "Maren Dahl wanted to close the review. It was not done.",
		journal.Sent:    "Maren Dahl wanted to close the review. No outcome was stored; not known.",
	} {
		here := &journal.Entry{State: state, Intent: journal.Intent{
			Actor: journal.Subject{Name: "Maren Dahl"}, Plan: journal.Plan{Here: true, Will: "close the review", Did: "closed the review"},
		}}
		assert.Equal(t, want, here.Sentence(nil, false))
		if state == journal.Sent {
			assert.Equal(t, "Maren Dahl wanted to close the review. It is not done yet.", here.Sentence(nil, true))
		}
	}
	unreadable := &journal.Entry{State: journal.Done, Unreadable: true}
	assert.Equal(t, "This change can't be read: the secret that sealed it is not listed any more.", unreadable.Sentence(nil, false))
}

func TestSubjectsInAddresses(t *testing.T) {
	t.Parallel()
	for _, s := range []journal.Subject{{Kind: journal.Member, ID: "20552"}, {Kind: journal.Group, ID: "an id with blanks"}, {Kind: journal.Guest, ID: "7301"}} {
		assert.Equal(t, s, journal.ParseSubject(s.Key()))
	}
	for _, text := range []string{"", "member", "member ", "job 1", "20552", "member ../1", "group \x00", "Member 1"} {
		assert.Zero(t, journal.ParseSubject(text), text)
	}
}

func TestSubjectsOfAnEntry(t *testing.T) {
	t.Parallel()
	asked, made := journal.Subject{Kind: journal.Group, Name: "New"}, journal.Subject{Kind: journal.Group, ID: "9f", Name: "New"}
	e := &journal.Entry{Intent: journal.Intent{Actor: maren, Subjects: []journal.Subject{asked, bo}, Plan: journal.Plan{
		Lines:       []journal.Line{{Kind: "a"}, {Kind: "b"}},
		Differences: []journal.Difference{{What: "Role", Before: []string{"admin"}}, {What: "Status", After: []string{"active"}}},
	}}}
	assert.Equal(t, []journal.Subject{asked, bo}, e.AllSubjects())
	assert.Equal(t, journal.Finding{Result: journal.NotChecked}, e.Finding("a"))
	e.Outcome = &journal.Outcome{Subjects: []journal.Subject{made}}
	e.Check = &journal.Check{Findings: []journal.Finding{{Result: journal.Confirmed}}}
	assert.Equal(t, []journal.Subject{made, bo}, e.AllSubjects(), "once, with its id")
	assert.Equal(t, made, e.Subject(journal.Group))
	assert.Zero(t, e.Subject("guest"))
	assert.Equal(t, "Maren Dahl", e.NameOf(maren))
	assert.Equal(t, "New", e.NameOf(made))
	assert.Empty(t, e.NameOf(omar))
	assert.Equal(t, "admin", e.Before("Role"))
	assert.Empty(t, e.Before("Status")+e.Before("Groups"))
	assert.Equal(t, journal.Confirmed, e.Finding("a").Result)
	assert.Equal(t, journal.NotChecked, e.Finding("b").Result, "a check of fewer lines")
	assert.Equal(t, journal.NotChecked, e.Finding("c").Result)
}

func TestFactsAreOfTheirKind(t *testing.T) {
	e := &journal.Entry{Intent: journal.Intent{Kind: "member.role", Plan: journal.Plan{Facts: journal.Facts([]int{1, 2})}}}
	facts, ok := journal.FactsOf[[]int](e, "member.role")
	assert.True(t, ok)
	assert.Equal(t, []int{1, 2}, facts)
	_, ok = journal.FactsOf[[]int](e, "member.disable")
	assert.False(t, ok, "of another kind")
	_, ok = journal.FactsOf[string](e, "member.role")
	assert.False(t, ok, "not to be read")
}
