package ratelimit

import (
	"slices"
	"time"
)

// A line is reads that wait, served in turns: one read of each person, then the next of each.
type line struct {
	people []*person // the first one is served next; each has at least one read
	length int
}

// A person is who several reads are for.
type person struct {
	by    string
	reads []*waiter // in order of arrival
}

// A waiter is a read in the queue.
type waiter struct {
	by      string // whom it is for, or for a sign-in the network that it comes from
	arrived time.Time
	turn    chan struct{} // closed when it may be sent, or is refused
	err     error         // why it is refused, nil if it is not
}

func (l *line) add(w *waiter) {
	l.length++
	if p := l.of(w.by); p != nil {
		p.reads = append(p.reads, w)
		return
	}
	l.people = append(l.people, &person{w.by, []*waiter{w}})
}

// next returns the read whose turn it is, nil if nobody waits.
func (l *line) next() *waiter {
	if l.length == 0 {
		return nil
	}
	return l.people[0].reads[0]
}

// take takes the next read out; its person goes to the end.
func (l *line) take() *waiter {
	w, p := l.next(), l.people[0]
	l.remove(w)
	if len(p.reads) > 0 {
		l.people = append(l.people[1:], p)
	}
	return w
}

// remove takes a read out, if it is there.
func (l *line) remove(w *waiter) {
	p := l.of(w.by)
	if p == nil || !slices.Contains(p.reads, w) {
		return
	}
	l.length--
	p.reads = slices.DeleteFunc(p.reads, func(other *waiter) bool { return other == w })
	if len(p.reads) == 0 {
		l.people = slices.DeleteFunc(l.people, func(other *person) bool { return other == p })
	}
}

// of returns a person who waits, nil for somebody else.
func (l *line) of(by string) *person {
	for _, p := range l.people {
		if p.by == by {
			return p
		}
	}
	return nil
}

// count is how many reads of a person wait.
func (l *line) count(by string) int {
	if p := l.of(by); p != nil {
		return len(p.reads)
	}
	return 0
}

// longest returns the last read of the person with the most, and their number.
func (l *line) longest() (last *waiter, n int) {
	for _, p := range l.people {
		if len(p.reads) > n {
			last, n = p.reads[len(p.reads)-1], len(p.reads)
		}
	}
	return last, n
}
