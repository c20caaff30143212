package review

import (
	"cmp"
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Wish is who is to come into a group and who to leave it, in the order of the queue.
type Wish struct {
	Group
	Add, Remove []tallyfy.UserID
}

// ToApply are the people whose groups are to be changed and have not been yet.
func (r *Review) ToApply(now time.Time) (people []*Person) {
	for _, p := range r.People {
		if p.State(now) == Change {
			people = append(people, p)
		}
	}
	return people
}

// Wishes merges what was decided about people into one wish for each group, in the order of names.
func Wishes(people []*Person) (list []Wish) {
	at := map[tallyfy.ID]int{}
	of := func(g Group) *Wish {
		i, known := at[g.ID]
		if !known {
			i, at[g.ID] = len(list), len(list)
			list = append(list, Wish{Group: g})
		}
		return &list[i]
	}
	for _, p := range people {
		for _, g := range p.Last().Add {
			w := of(g)
			w.Add = append(w.Add, p.ID)
		}
		for _, g := range p.Last().Remove {
			w := of(g)
			w.Remove = append(w.Remove, p.ID)
		}
	}
	slices.SortStableFunc(list, func(a, b Wish) int { return cmp.Or(names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// A Result is one thing that was decided about somebody and is in place in Tallyfy: the person is in a group, or with Leave
// not in it any more.
type Result struct {
	Group tallyfy.ID
	Leave bool
	// Entry is the journal's entry of the change, "" where it was so already when that was read, at the time At.
	Entry string
	At    time.Time
}

// wants reports that a decision asks for a result.
func (d *Decision) wants(r Result) bool {
	list := d.Add
	if r.Leave {
		list = d.Remove
	}
	return slices.ContainsFunc(list, func(g Group) bool { return g.ID == r.Group })
}

// Made is when it was decided.
func (d *Decision) Made() time.Time {
	if !d.Since.IsZero() {
		return d.Since
	}
	return d.At
}

// Wants reports that the latest decision about the person asks for somebody to come into a group, or to leave it.
func (p *Person) Wants(group tallyfy.ID, leave bool) bool {
	d := p.Last()
	return d != nil && d.State == Change && d.wants(Result{Group: group, Leave: leave})
}

// Record is what is to be added to the decisions about somebody, in this order, because of results: that they were carried
// out by somebody, and then what is left of the latest decision, or all of it where it is another by now. Results that are
// recorded already add nothing, so that it may be asked again.
func (p *Person) Record(by journal.Subject, results []Result) []*Decision {
	last := p.Last()
	var done *Decision
	for _, r := range results {
		of := p.decided(r)
		if of == nil || r.Entry == "" && (of != last || r.At.Before(of.At)) || p.recorded(r) {
			continue
		}
		if done == nil {
			done = &Decision{Member: p.ID, State: Applied, By: by, Groups: of.Groups, ReadAt: of.ReadAt}
		}
		take := func(from []Group, to *[]Group) {
			i := slices.IndexFunc(from, func(g Group) bool { return g.ID == r.Group })
			*to = append(*to, from[i])
		}
		if r.Leave {
			take(of.Remove, &done.Remove)
		} else {
			take(of.Add, &done.Add)
		}
		if r.Entry != "" && !slices.Contains(done.Entries, r.Entry) {
			done.Entries = append(done.Entries, r.Entry)
		}
	}
	if done == nil {
		return nil
	}
	if left := last.without(done); left != nil {
		return []*Decision{done, left}
	}
	return []*Decision{done}
}

// decided is the decision that asked for a result: the latest one that does, nil for none.
func (p *Person) decided(r Result) *Decision {
	for _, d := range slices.Backward(p.Decisions) {
		if d.State == Change && d.wants(r) {
			return d
		}
	}
	return nil
}

// recorded reports that a result of an entry is among the decisions.
func (p *Person) recorded(r Result) bool {
	return r.Entry != "" && slices.ContainsFunc(p.Decisions, func(d *Decision) bool {
		return d.State == Applied && slices.Contains(d.Entries, r.Entry) && d.wants(r)
	})
}

// Awaited is what decisions have asked for and is not recorded: of the latest decision, and of
// earlier ones that were changed before it was known. entry is a change that may have put it in
// place.
func (p *Person) Awaited(entry string) (list []Result) {
	for i, d := range p.Decisions {
		if d.State != Change || i+1 < len(p.Decisions) && p.Decisions[i+1].State == Applied {
			continue
		}
		for j, g := range slices.Concat(d.Add, d.Remove) {
			r := Result{Group: g.ID, Leave: j >= len(d.Add), Entry: entry}
			if !p.recorded(r) && !slices.Contains(list, r) {
				list = append(list, r)
			}
		}
	}
	return list
}

// without is the decision once more, without what was carried out; nil where nothing is left of it.
func (d *Decision) without(done *Decision) *Decision {
	left := *d
	left.Since = d.Made()
	if d.State == Change {
		left.Add = slices.DeleteFunc(slices.Clone(d.Add), func(g Group) bool { return done.wants(Result{Group: g.ID}) })
		left.Remove = slices.DeleteFunc(slices.Clone(d.Remove), func(g Group) bool { return done.wants(Result{Group: g.ID, Leave: true}) })
	}
	if d.State == Applied || d.State == Change && len(left.Add)+len(left.Remove) == 0 {
		return nil
	}
	return &left
}

// After are the groups that the reviewer saw the person in, with the change.
func (d *Decision) After() []Group {
	is := func(g Group) func(Group) bool { return func(other Group) bool { return other.ID == g.ID } }
	list := slices.DeleteFunc(slices.Clone(d.Groups), func(g Group) bool { return slices.ContainsFunc(d.Remove, is(g)) })
	for _, g := range d.Add {
		if !slices.ContainsFunc(list, is(g)) {
			list = append(list, g)
		}
	}
	return list
}
