package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"unicode/utf8"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// GuestAdded is the kind of a GuestCreation.
const GuestAdded = "guest.create"

// lineGuest is the kind of the sentence that somebody is a guest.
const lineGuest = "guest"

// A GuestCreation makes somebody a guest of the organisation.
type GuestCreation struct {
	Client  *tallyfy.Client
	Org     tallyfy.Organization
	Request tallyfy.CreateGuestRequest

	// Found is the member who has the address already, Guest the guest; nil for nobody. Look finds them.
	Found *tallyfy.Member
	Guest *tallyfy.Guest

	made bool
}

// Kind implements change.Change.
func (c *GuestCreation) Kind() string { return GuestAdded }

// Target is the address.
func (c *GuestCreation) Target() string { return guestTarget(c.Request.Email) }

// guestTarget names what two changes of a guest must not touch at the same time.
func guestTarget(email string) string { return "guest " + change.Digest(address(email)) }

func guestSubject(g *tallyfy.Guest) journal.Subject {
	return journal.Subject{Kind: journal.Guest, ID: string(g.ID), Name: g.Name(), Email: g.Email}
}

// TidyGuest is a request without what only typing leaves behind.
func TidyGuest(r tallyfy.CreateGuestRequest) tallyfy.CreateGuestRequest {
	r.Email, r.FirstName, r.LastName, r.Company = address(r.Email), names.Tidy(r.FirstName), names.Tidy(r.LastName), names.Tidy(r.Company)
	return r
}

// GuestProblems says what Tallyfy would refuse in a request, by the names of its fields; none if nothing.
func GuestProblems(r tallyfy.CreateGuestRequest) map[string]string {
	found := map[string]string{}
	if p := EmailProblem(r.Email); p != "" {
		found["email"] = p
	}
	for field, text := range map[string]string{"first_name": r.FirstName, "last_name": r.LastName, "company_name": r.Company} {
		switch n := utf8.RuneCountInString(text); {
		case !names.IsText(text):
			found[field] = "This holds characters that are no text, such as control characters. Type it anew."
		case n > tallyfy.MaxGuestText:
			found[field] = fmt.Sprintf("This has %d characters; %d are allowed.", n, tallyfy.MaxGuestText)
		}
	}
	return found
}

// Look finds out who has the address already.
func (c *GuestCreation) Look(ctx context.Context) (err error) {
	c.Found, c.Guest, err = byAddress(ctx, c.Client, c.Org.ID, c.Request.Email)
	return err
}

// Standing says who the address belongs to already, "" for nobody.
func (c *GuestCreation) Standing() string {
	switch {
	case c.Found != nil:
		return names.Isolate(c.Found.Name()) + " is a member. A guest is somebody outside the organisation."
	case c.Guest != nil:
		return names.Isolate(c.Guest.Name()) + " is a guest already."
	}
	return ""
}

// Plan implements change.Change. An address that is somebody's already stops it, and what GuestProblems finds.
func (c *GuestCreation) Plan() change.Plan {
	if c.Standing() != "" || len(GuestProblems(c.Request)) > 0 {
		return change.Plan{Stopped: true}
	}
	r := c.Request
	g := tallyfy.Guest{FirstName: r.FirstName, LastName: r.LastName, Email: r.Email}
	called := names.Marked(g.Name(), r.Email)
	differences := []journal.Difference{{What: "Name", After: []string{g.Name()}}, {What: "Email", After: []string{r.Email}}}
	if r.Company != "" {
		differences = append(differences, journal.Difference{What: "Company", After: []string{r.Company}})
	}
	return change.Plan{
		Subjects: []journal.Subject{{Kind: journal.Guest, Name: g.Name(), Email: r.Email}},
		Plan: journal.Plan{
			Will: "add the guest " + called, Did: "added the guest " + called,
			Lines:       []journal.Line{{Kind: lineGuest, Text: called + " is a guest of " + names.Isolate(c.Org.DisplayName()) + "."}},
			Differences: differences,
		},
	}
}

// Send implements change.Change.
func (c *GuestCreation) Send(ctx context.Context) ([]journal.Subject, error) {
	g, err := c.Client.Guests.Create(ctx, c.Org.ID, c.Request)
	if c.made = err == nil; c.made && g.ID != "" {
		return []journal.Subject{{Kind: journal.Guest, ID: string(g.ID), Name: g.Name(), Email: c.Request.Email}}, nil
	}
	return nil, err
}

// Check implements change.Change.
func (c *GuestCreation) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	s := e.Subject(journal.Guest)
	g, err := c.Client.Guests.Get(ctx, c.Org.ID, s.Email)
	switch {
	case tallyfy.IsUnauthorized(err):
		return nil, err
	case tallyfy.IsGone(err), err == nil && g.IsDeleted():
		return []journal.Finding{journal.Confirm(false, names.Isolate(s.Email)+" is no guest.")}, nil
	case err != nil:
		return []journal.Finding{couldNotAsk}, nil
	}
	return []journal.Finding{{Result: journal.Confirmed}}, nil
}

// Summary implements change.Change.
func (c *GuestCreation) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	s := e.Subject(journal.Guest)
	called := names.Marked(s.Name, s.Email)
	return summary(e, underWay, e.Finding(lineGuest), "the adding of "+called, called+" is a guest now")
}

// Log implements change.Change.
func (c *GuestCreation) Log() []slog.Attr { return []slog.Attr{slog.Bool("added", c.made)} }
