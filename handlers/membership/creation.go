package membership

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// GroupCreated is the kind of a Creation.
const GroupCreated = "group.create"

const lineCreated = "created"

// A Creation makes a new group.
type Creation struct {
	Source  Source
	Client  *tallyfy.Client
	Org     tallyfy.ID
	Request tallyfy.CreateGroupRequest
	// Of is the entry of the deletion of a group that is created again, Old that group; both are empty for
	// a new one.
	Of  string
	Old journal.Subject

	// AllGuests gives the copy of all guests, for a group that is created again; nil to take its guests as they
	// are.
	AllGuests func(ctx context.Context) (*directory.Guests, error)

	// Saw is the PeopleKey of a group that is created again as the person saw who will be in it.
	// Another one stops the creation; empty to take what Look finds.
	Saw string
	// LeftOut are those of a group that is created again who cannot be added any more.
	LeftOut []LeftOut
	// Group is what Tallyfy made; nil before Send and after a failure.
	Group *tallyfy.Group
	// Found is the group of the name that Check found for a creation without an answer. FindError says
	// why it could not look.
	Found     *tallyfy.Group
	FindError error

	copy *directory.Members // of all members
	was  DeletedGroup       // the group that is created again
}

// Kind implements change.Change.
func (c *Creation) Kind() string { return GroupCreated }

// Target is the name, as Tallyfy takes each one once; names that look the same are one.
func (c *Creation) Target() string {
	return "group named " + change.Digest(names.Fold(c.Request.Name))
}

// Look gets the names of the members. The form is the whole plan, except of a group that is created
// again: then Look finds out anew who of it can be in it.
func (c *Creation) Look(ctx context.Context) error {
	if c.Of != "" {
		c.Request.Members, c.Request.Guests = c.was.Members, c.was.Guests
	}
	if len(c.Request.Members) > 0 {
		c.copy, _ = c.Source.Members(ctx) // what it can give is good enough
	}
	if c.Of != "" {
		c.Request.Members, c.LeftOut = FitOf(c.copy, c.Request.Members)
		c.leaveOutGuests(ctx)
	}
	return nil
}

// leaveOutGuests leaves out who is no guest of the organisation any more. While not all guests are known all stay.
func (c *Creation) leaveOutGuests(ctx context.Context) {
	if len(c.Request.Guests) == 0 || c.AllGuests == nil {
		return
	}
	all, err := c.AllGuests(ctx)
	if err != nil || !all.Complete {
		return
	}
	known := map[string]bool{}
	for _, g := range all.Items {
		if !g.IsDeleted() {
			known[GuestKey(g.Email)] = true
		}
	}
	c.Request.Guests = slices.DeleteFunc(slices.Clone(c.Request.Guests), func(address string) bool {
		if known[GuestKey(address)] {
			return false
		}
		c.LeftOut = append(c.LeftOut, LeftOut{Name: address, Why: "is not a guest of the organisation any more"})
		return true
	})
}

// Unread reports that somebody of a group that is created again would be left out only because not
// all members are read. That stops the creation: those people would not come back.
func (c *Creation) Unread() bool {
	return c.copy != nil && !c.copy.Complete && slices.ContainsFunc(c.LeftOut, func(l LeftOut) bool {
		_, known := c.copy.ByID(l.ID)
		return l.ID != "" && !known // a guest has no id
	})
}

// PeopleKey identifies who will be in the group.
func (c *Creation) PeopleKey() string {
	return PeopleKey(&tallyfy.Group{Members: c.Request.Members, Guests: c.Request.Guests})
}

// FitOf parts members who can be added to a group from those who can't.
func FitOf(members *directory.Members, ids []tallyfy.UserID) (fit []tallyfy.UserID, left []LeftOut) {
	for _, id := range ids {
		if why := Unfit(members, id); why != "" {
			left = append(left, LeftOut{id, nameOf(members, id), why})
		} else {
			fit = append(fit, id)
		}
	}
	return fit, left
}

// LeftOutText says who is not in the group any more, "" for nobody.
func (c *Creation) LeftOutText() string { return LeftOutText(c.LeftOut) }

// Again is the wish for a group that an entry deleted, with the group as it was.
func Again(e *journal.Entry, g DeletedGroup) Creation {
	r := tallyfy.CreateGroupRequest{Name: g.Name, Description: g.Description, Members: g.Members, Guests: g.Guests}
	return Creation{Request: r, Of: e.ID, Old: e.Subject(journal.Group), was: g}
}

// CreatedFrom is the entry of the deletion whose group an entry created again, "" for another one.
func CreatedFrom(e *journal.Entry) string {
	facts, _ := journal.FactsOf[creationFacts](e, GroupCreated)
	return facts.Of
}

// CreatedWith is who was put into the group that an entry created: nobody for another one.
func CreatedWith(e *journal.Entry) People {
	facts, _ := journal.FactsOf[creationFacts](e, GroupCreated)
	return People{Add: facts.Members, AddGuests: facts.Guests}
}

// Plan implements change.Change. Unread stops it, and that other people would be in the group than
// the person saw.
func (c *Creation) Plan() change.Plan {
	r, name := &c.Request, names.Isolate(c.Request.Name)
	subjects, again := []journal.Subject{{Kind: journal.Group, Name: r.Name}}, ""
	if c.Of != "" {
		subjects, again = append(subjects, c.Old), " again"
	}
	return change.Plan{
		Stopped:         c.Unread() || c.Saw != "" && c.Saw != c.PeopleKey(),
		Subjects:        subjects,
		Concerned:       r.Members,
		ConcernedGuests: r.Guests,
		Plan: journal.Plan{
			Will: "create the group " + name + again, Did: "created the group " + name + again,
			Lines: []journal.Line{{Kind: lineCreated, Text: fmt.Sprintf("There is a group %s with %s.", name, people(len(r.Members), len(r.Guests)))}},
			Differences: []journal.Difference{
				{What: "Name", After: []string{r.Name}},
				{What: "Description", After: []string{r.Description}},
				{What: "Members", After: memberNames(c.copy, r.Members)},
				{What: "Guests", After: r.Guests},
			},
			Facts: journal.Facts(creationFacts{r.Members, r.Guests, c.Of}),
		},
	}
}

// creationFacts is what the check of a creation compares with.
type creationFacts struct {
	Members []tallyfy.UserID
	Guests  []string
	// Of is the entry of the deletion of a group that was created again.
	Of string `json:",omitempty"`
}

// Send implements change.Change.
func (c *Creation) Send(ctx context.Context) ([]journal.Subject, error) {
	g, err := c.Client.Groups.Create(ctx, c.Org, c.Request)
	if err != nil {
		return nil, err
	}
	c.Group = g
	return []journal.Subject{journal.GroupSubject(g)}, nil
}

// Check reads the group again. Without an id, because Tallyfy's answer did not arrive, it looks for a
// group of the name; Found is the result.
func (c *Creation) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	id := tallyfy.ID(e.Subject(journal.Group).ID)
	if id == "" {
		f, err := c.checkName(ctx, e)
		return []journal.Finding{f}, err
	}
	g, err := c.Client.Groups.Get(ctx, c.Org, id)
	switch {
	case tallyfy.IsUnauthorized(err):
		return nil, err
	case tallyfy.IsGone(err):
		return []journal.Finding{{Result: journal.NotAsExpected, Detail: "Tallyfy does not list the group."}}, nil
	case err != nil:
		return []journal.Finding{{Result: journal.NotChecked, Detail: "Tallyfy could not be asked about the group."}}, nil
	}
	var asked creationFacts
	if err := json.Unmarshal(e.Plan.Facts, &asked); err != nil {
		return nil, err
	}
	same := Between(asked.Members, asked.Guests, g.Members, g.Guests).Empty()
	return []journal.Finding{
		journal.Confirm(same, names.Isolate(g.DisplayName())+" has "+people(len(g.Members), len(g.Guests))+"."),
	}, nil
}

func (c *Creation) checkName(ctx context.Context, e *journal.Entry) (f journal.Finding, err error) {
	name := e.Subject(journal.Group).Name
	c.Found, err = FindByName(ctx, c.Client, c.Org, name)
	switch {
	case tallyfy.IsUnauthorized(err):
		return f, err
	case err != nil:
		c.FindError = err
		return journal.Finding{Result: journal.NotChecked, Detail: "The list of groups could not be searched."}, nil
	case c.Found == nil:
		return journal.Finding{Result: journal.NotChecked, Detail: "There is no group with this name yet. It may still appear."}, nil
	case c.IsOlder(e.At):
		return journal.Finding{Result: journal.NotAsExpected, Detail: "The group with this name is older, so nothing was created."}, nil
	}
	return journal.Finding{Result: journal.NotChecked, Detail: "There is a group with this name, most likely this one."}, nil
}

// maxClockError is how far Tallyfy's clock and ours may be apart when a group's age is judged.
const maxClockError = 10 * time.Minute

// IsOlder reports whether the group that was found is older than a change of that time.
func (c *Creation) IsOlder(at time.Time) bool {
	return c.Found != nil && !c.Found.CreatedAt.IsZero() && at.Sub(c.Found.CreatedAt.Time) > maxClockError
}

// Log implements change.Change.
func (c *Creation) Log() []slog.Attr {
	r := &c.Request
	attrs := []slog.Attr{slog.Group("asked", slog.String("name", r.Name), slog.Int("members", len(r.Members)), slog.Int("guests", len(r.Guests)))}
	if c.Group != nil {
		attrs = append(attrs, slog.String("group", string(c.Group.ID)), groupAttrs("after", c.Group))
	}
	return attrs
}

// AllPages is how many pages of groups are looked through for a name at most: a list that never ends would
// take all the time there is.
const AllPages = 10

// groupsOnPage is how many groups a page of Tallyfy's holds.
const groupsOnPage = 100

var errTooMany = errors.New("the search finds too many groups")

// FindAlike finds a group whose name looks the same as a name; nil when there is none. Tallyfy's search
// compares letter by letter, so it is asked for a word that is spelt in one way only. It takes as many calls
// as pages, at most.
func FindAlike(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, name string, pages int) (*tallyfy.Group, error) {
	query := name
	words := strings.FieldsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) > 0 {
		query = slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	}
	return findGroup(ctx, client, org, query, pages, func(g *tallyfy.Group) bool { return names.Alike(g.DisplayName(), name) })
}

// FindByName finds the group that has a name; nil when there is none. It may take several pages, because
// Tallyfy's search finds parts of names and of descriptions, too. A list that is short is searched once
// more; then it is an error that no group was found.
func FindByName(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, name string) (*tallyfy.Group, error) {
	fits := func(g *tallyfy.Group) bool { return strings.EqualFold(g.Name, name) }
	g, err := findGroup(ctx, client, org, name, AllPages, fits)
	if short := (*tallyfy.ShortError)(nil); errors.As(err, &short) {
		return findGroup(ctx, client, org, name, AllPages, fits)
	}
	return g, err
}

func findGroup(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, query string, pages int, fits func(*tallyfy.Group) bool) (*tallyfy.Group, error) {
	searched := 0
	for g, err := range client.Groups.All(ctx, org, tallyfy.GroupListOptions{Query: query, SortBy: "name"}) {
		if err != nil {
			return nil, err
		}
		if fits(&g) {
			return &g, nil
		}
		if searched++; searched >= pages*groupsOnPage {
			return nil, errTooMany
		}
	}
	return nil, nil
}

// Summary implements change.Change.
func (c *Creation) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	name, made := names.Isolate(e.Subject(journal.Group).Name), e.Finding(lineCreated)
	asked, _ := journal.FactsOf[creationFacts](e, GroupCreated)
	created := name + " was created, with " + people(len(asked.Members), len(asked.Guests))
	switch {
	case underWay:
		return change.Info, "The creation of " + name + " has been sent and is not answered yet. Check again in a moment."
	case made.Result == journal.Confirmed:
		return change.Good, created + ", and checked."
	case e.State == journal.Done && made.Result == journal.NotAsExpected:
		return change.Warning, name + " was created, but not as asked. " + made.Detail
	case e.State == journal.Done:
		return change.Warning, created + ". It could not be read again to check that."
	}
	said := "Tallyfy's answer did not arrive. "
	if e.State == journal.Refused {
		said = "Tallyfy didn't confirm the creation of " + name + ". "
	}
	return change.Warning, said + cmp.Or(made.Detail, "The group may or may not be created. Please don't repeat it; check again in a minute.")
}

func people(members, guests int) string {
	return words.Count(members, "member", "members") + " and " + words.Count(guests, "guest", "guests")
}
