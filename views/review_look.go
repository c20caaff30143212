package views

import (
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewLooks says how far the second looks of a review are.
type ReviewLooks struct {
	// Given is the sum of the next four: those that agree, that differ, that wait, and to which
	// there will be no answer.
	Given, Agree, Differ, Wait, Over int
	// More is how many can be given now. Wished says that the review was started with this wish.
	More   int
	Wished bool
	// Next is whom the reader may look at, "" for nobody.
	Next tallyfy.UserID
}

// Text says what became of them, "" where none was given.
func (l ReviewLooks) Text() string {
	if l.Given == 0 {
		return ""
	}
	text := "Second look at " + words.Count(l.Given, "person", "people") + " who looked right, chosen by chance: " + words.Number(l.Agree) + " " + words.Noun(l.Agree, "agrees", "agree")
	for _, c := range []struct {
		n    int
		text string
	}{{l.Differ, words.Noun(l.Differ, "differs", "differ")}, {l.Wait, words.Noun(l.Wait, "waits", "wait")}, {l.Over, "not given"}} {
		if c.n > 0 {
			text += ", " + words.Number(c.n) + " " + c.text
		}
	}
	return text + "."
}

// A ReviewLookLine is a second look in the record of a review. Answer is "agrees", "disagrees", or "" for none. Over says
// that the person was decided anew or has left, or the review was closed, before there was one.
type ReviewLookLine struct {
	Answer, By string
	At         time.Time
	Note       string
	Over       bool
}

// Result is what the second look found, in a few words.
func (l ReviewLookLine) Result() string {
	switch {
	case l.Answer == "agrees":
		return "Second look agrees"
	case l.Answer == "disagrees":
		return "Second look differs"
	case l.Over:
		return "Second look not given: decided anew, left or closed before it"
	}
	return "Second look waits"
}

func (l ReviewLookLine) text(c Clock) string {
	text := l.Result() + "."
	if l.Note != "" {
		text += " “" + names.Isolate(l.Note) + "”"
	}
	if !l.At.IsZero() {
		text += " " + names.Isolate(l.By) + ", " + c.stamp(l.At) + "."
	}
	return text
}

// shown reports that there is something to say of them.
func (l ReviewLooks) shown() bool { return l.Given > 0 || l.More > 0 }

// offer says what the button does.
func (l ReviewLooks) offer() string {
	text := "A tenth of those who look right, at least one, can be looked at by another administrator, who is not told who decided. They are chosen by chance."
	if l.Wished {
		text += " This was wished when the review was started, and happens by itself when all are decided."
	}
	return text
}

func (l ReviewLooks) button() string {
	if l.Given > 0 {
		return "Give " + words.Number(l.More) + " more"
	}
	return "Give " + words.Count(l.More, "person", "people") + " to another administrator"
}
