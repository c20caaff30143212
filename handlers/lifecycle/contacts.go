package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ContactsChanged is the kind of Contacts.
const ContactsChanged = "guests.contacts"

// MostContacts is how many guests one change may be about: two calls for each must fit into change.SendTime.
const MostContacts = 25

// lineKnown is the kind of the sentence about who knows one of the guests.
const lineKnown = "known"

// Contacts changes which members know some guests: one plan, one entry in the journal, one call for each guest
// of whom it is not so already. Tallyfy takes whole lists only, so each guest is read right before the call, and who
// else knows the guest stays. A guest who fails does not stop the others.
type Contacts struct {
	Source GuestSource
	Client *tallyfy.Client
	Org    tallyfy.ID
	// Guests are who is to know whom, each guest once. Those beyond MostContacts are for another change.
	Guests []ContactWish

	// Undoes is the entry that this change undoes, "" for none.
	Undoes string

	// Gone are the addresses of those who are no guests any more.
	Gone []string

	parts   []*contactPart
	members *directory.Members
}

// A ContactWish says who gets to know a guest and who does not know the guest any more.
type ContactWish struct {
	Email       string
	Add, Remove []tallyfy.UserID
}

// A contactPart is the change of one guest.
type contactPart struct {
	*Contacts
	ContactWish
	guest *tallyfy.Guest
	err   error
}

// Kind implements change.Change.
func (c *Contacts) Kind() string { return ContactsChanged }

// Target implements change.Change. The guests have a target each.
func (c *Contacts) Target() string {
	text := ""
	for _, w := range c.Guests {
		text += address(w.Email) + "\x00"
	}
	return "guests " + change.Digest(text)
}

// Look reads the guests, and the members for their names.
func (c *Contacts) Look(ctx context.Context) error {
	c.parts, c.Gone = nil, nil
	c.Guests = c.Guests[:min(len(c.Guests), MostContacts)]
	found := make([]*tallyfy.Guest, len(c.Guests))
	calls := []func(context.Context) error{func(ctx context.Context) error {
		c.members, _ = c.Source.Members(ctx) // for names: what it can give is good enough
		return nil
	}}
	for i, w := range c.Guests {
		calls = append(calls, func(ctx context.Context) (err error) {
			found[i], err = c.Source.Guest(ctx, w.Email)
			if tallyfy.IsGone(err) && len(c.Guests) > 1 {
				return nil
			}
			return err
		})
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return err
	}
	for i, w := range c.Guests {
		switch g := found[i]; {
		case g == nil:
			c.Gone = append(c.Gone, w.Email)
		case !slices.Equal(w.after(g.KnownBy()), g.KnownBy()):
			c.parts = append(c.parts, &contactPart{Contacts: c, ContactWish: w, guest: g})
		}
	}
	return nil
}

// after is who knows a guest afterwards. Who else is in the list stays, in the same order.
func (w ContactWish) after(now []tallyfy.UserID) []tallyfy.UserID {
	after := slices.DeleteFunc(slices.Clone(now), func(id tallyfy.UserID) bool { return slices.Contains(w.Remove, id) })
	for _, id := range w.Add {
		if !slices.Contains(after, id) {
			after = append(after, id)
		}
	}
	return after
}

// Nothing reports that all is so already.
func (c *Contacts) Nothing() bool { return len(c.parts) == 0 }

// contactsFacts is what the check compares with.
type contactsFacts struct {
	// Result is what the change did.
	Result string
	Guests []contactFacts
	Undoes string `json:",omitempty"`
}

// contactFacts is one of the guests, in the order of the plan's sentences.
type contactFacts struct {
	ContactWish
	Name string // as it stands in the sentences
	// Undo is what undoes it: those who knew the guest already, or did not, are not named.
	Undo *ContactWish `json:",omitempty"`
}

// Plan implements change.Change. It is stopped where there is nothing to do. The sentences say how it is to be: who
// knows the guest already is named, too.
func (c *Contacts) Plan() change.Plan {
	plan := change.Plan{Stopped: c.Nothing(), Plan: journal.Plan{Calls: len(c.parts)}}
	facts := contactsFacts{Undoes: c.Undoes}
	var guests []string
	for _, p := range c.parts {
		called := names.Marked(p.guest.Name(), p.guest.Email)
		guests = append(guests, p.guest.Name())
		facts.Guests = append(facts.Guests, contactFacts{p.ContactWish, called, p.undo()})
		plan.Subjects = append(plan.Subjects, guestSubject(p.guest))
		plan.Concerned = append(plan.Concerned, slices.Concat(p.Add, p.Remove)...)
		add, remove := c.named(p.Add), c.named(p.Remove)
		plan.Lines = append(plan.Lines, journal.Line{Kind: lineKnown, Text: contactText(called, add, remove)})
		plan.Differ(
			journal.Difference{What: "Got to know " + called, After: add},
			journal.Difference{What: "Does not know " + called + " any more", Before: remove},
		)
	}
	slices.Sort(plan.Concerned)
	plan.Concerned = slices.Compact(plan.Concerned)
	of := words.Count(len(guests), "guest", "guests")
	if len(guests) == 1 {
		of = names.Isolate(guests[0])
	}
	plan.Will, plan.Did = "change who knows "+of, "changed who knows "+of
	facts.Result = "Who knows " + of + " was changed."
	plan.Facts = journal.Facts(facts)
	return plan
}

// undo is what undoes the change of the guest, as the guest was read last.
func (p *contactPart) undo() *ContactWish {
	knew := func(id tallyfy.UserID) bool { return slices.Contains(p.guest.KnownBy(), id) }
	w := ContactWish{Email: p.guest.Email}
	for _, id := range p.Add {
		if !knew(id) {
			w.Remove = append(w.Remove, id)
		}
	}
	for _, id := range p.ContactWish.Remove {
		if knew(id) {
			w.Add = append(w.Add, id)
		}
	}
	return &w
}

// ContactsUndone is the wish that undoes an entry of Contacts, as far as its calls were carried out. ok is false where
// nothing was, for an entry from before that was kept, and for entries of other kinds.
func ContactsUndone(e *journal.Entry) (guests []ContactWish, ok bool) {
	facts, known := factsOfContacts(e)
	if !known || e.Unreadable {
		return nil, false
	}
	for i, f := range facts.Guests {
		undo, state := f.Undo, journal.NotConfirmed
		if part, ok := e.Part(i); ok {
			if state = part.State; part.Facts != nil && json.Unmarshal(part.Facts, &undo) != nil {
				continue
			}
		}
		found := e.FindingAt(i).Result == journal.Confirmed
		if undo != nil && len(undo.Add)+len(undo.Remove) > 0 && (state == journal.Done || state == journal.NotConfirmed && found) {
			guests = append(guests, *undo)
		}
	}
	return guests, len(guests) > 0
}

// contactText says who knows a guest and who does not.
func contactText(guest string, add, remove []string) string {
	var list []string
	if len(add) > 0 {
		list = append(list, names.List(add)+" "+words.Noun(len(add), "knows", "know")+" "+guest+".")
	}
	if len(remove) > 0 {
		list = append(list, names.List(remove)+" "+words.Noun(len(remove), "does", "do")+" not know "+guest+" any more.")
	}
	return strings.Join(list, " ")
}

// named are the names of members, with the address or the id where two look the same.
func (c *Contacts) named(ids []tallyfy.UserID) (list []string) {
	for _, id := range ids {
		name := "Member " + string(id)
		if m, ok := c.members.ByID(id); ok {
			name = Called(m, c.members.Alike(m.Name()))
		}
		list = append(list, name)
	}
	return list
}

// Parts implements change.Series.
func (c *Contacts) Parts() []change.Part {
	list := make([]change.Part, len(c.parts))
	for i, p := range c.parts {
		list[i] = p
	}
	return list
}

// Target implements change.Part.
func (p *contactPart) Target() string { return guestTarget(p.Email) }

// Facts implements change.Part: they are what undoes the call.
func (p *contactPart) Facts() json.RawMessage { return journal.Facts(p.undo()) }

// Send implements change.Part. Between the reading and the call nothing else is asked of Tallyfy.
func (p *contactPart) Send(ctx context.Context) error {
	g, err := p.Client.Guests.Get(ctx, p.Org, p.Email)
	switch {
	case tallyfy.IsGone(err):
		p.err = &change.NotSent{Words: "That is no guest any more.", Missing: true, Err: err}
	case err != nil:
		p.err = &change.NotSent{Words: "The guest could not be read.", Err: err}
	default:
		p.guest = g
		if after := p.after(g.KnownBy()); !slices.Equal(after, g.KnownBy()) {
			_, p.err = p.Client.Guests.SetKnownBy(ctx, p.Org, p.Email, after)
		}
	}
	return p.err
}

// Check implements change.Change.
func (c *Contacts) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, ok := factsOfContacts(e)
	if !ok {
		return nil, errors.New("the entry has no facts of its guests")
	}
	findings := make([]journal.Finding, len(facts.Guests))
	calls := make([]func(context.Context) error, len(facts.Guests))
	for i, f := range facts.Guests {
		calls[i] = func(ctx context.Context) error {
			g, err := c.Client.Guests.Get(ctx, c.Org, f.Email)
			switch {
			case tallyfy.IsUnauthorized(err):
				return err
			case tallyfy.IsGone(err):
				findings[i] = journal.Confirm(false, f.Name+" is no guest.")
			case err != nil:
				findings[i] = couldNotAsk
			default:
				findings[i] = journal.Confirm(slices.Equal(f.after(g.KnownBy()), g.KnownBy()), "It is not so.")
			}
			if o, ok := e.Part(i); ok && findings[i].Result != journal.Confirmed {
				findings[i] = withReason(findings[i], o)
			}
			return nil
		}
	}
	if err := parallel.Run(ctx, calls...); err != nil {
		return nil, err
	}
	return findings, nil
}

// withReason is what was found with the reason why the call was not carried out, if there is one.
func withReason(f journal.Finding, o journal.Outcome) journal.Finding {
	why := o.Words
	if o.Tallyfys && why != "" {
		why = "Tallyfy refused: “" + names.Isolate(why) + "”"
	}
	if o.State == journal.Refused || o.State == journal.NotSent {
		f = journal.Finding{Result: journal.NotAsExpected, Detail: strings.TrimSpace(why + " " + f.Detail)}
	}
	return f
}

func factsOfContacts(e *journal.Entry) (f contactsFacts, ok bool) {
	f, ok = journal.FactsOf[contactsFacts](e, ContactsChanged)
	return f, ok && len(f.Guests) == e.Calls
}

// Summary implements change.Change.
func (c *Contacts) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	facts, ok := factsOfContacts(e)
	if !ok {
		return change.Warning, "What this change was about can't be read."
	}
	var missed, open []string
	for i, f := range facts.Guests {
		switch e.FindingAt(i).Result {
		case journal.NotChecked:
			open = append(open, f.Name)
		case journal.NotAsExpected:
			missed = append(missed, f.Name)
		}
	}
	said := e.State == journal.Done
	switch {
	case underWay:
		return change.Info, "The change has been sent and is not answered yet. Check again in a moment."
	case len(missed) > 0:
		text := "Not all of the change is in place: who knows " + names.List(missed) + " is not as planned."
		if !said {
			text += " Tallyfy didn't confirm it: look again in a minute before you repeat it."
		}
		return change.Problem, text
	case len(open) == 0 && said:
		return change.Good, facts.Result
	case len(open) == 0:
		return change.Good, "Tallyfy didn't confirm the change, but it is done. " + facts.Result
	case said:
		return change.Warning, facts.Result + " It could not be checked for " + names.List(open) + "."
	}
	return change.Warning, "Tallyfy didn't confirm the change, and could not be asked about " + names.List(open) + ". It may or may not be done. Please don't repeat it; check again in a minute."
}

// Log implements change.Change. Addresses of people outside the organisation are not for the log.
func (c *Contacts) Log() []slog.Attr {
	list := make([]any, len(c.parts))
	for i, p := range c.parts {
		attrs := []slog.Attr{slog.Any("add", p.Add), slog.Any("remove", p.Remove)}
		if p.err != nil { // whose text may hold the address
			attrs = append(attrs, slog.Bool("failed", true))
		}
		list[i] = slog.Attr{Key: string(p.guest.ID), Value: slog.GroupValue(attrs...)}
	}
	return []slog.Attr{slog.Group("guests", list...)}
}

var _ change.Series = (*Contacts)(nil)
