package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode/utf8"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// Invited is the kind of an Invitation.
const Invited = "member.invite"

// lineInvited is the kind of the sentence that says that somebody is invited.
const lineInvited = "invited"

// An Invitation invites somebody to be a member.
type Invitation struct {
	Client *tallyfy.Client
	Org    tallyfy.Organization
	// By is the name of who invites.
	By string
	// Request is what goes to Tallyfy, see Tidy.
	Request tallyfy.InviteRequest
	// Groups are those that the person is to be put into later. Plans keeps them: Tallyfy takes none.
	Groups []store.PlannedGroup
	Plans  *store.PlannedGroups

	// Found is the member who has the address already, Guest the guest; nil for nobody. Look finds them.
	Found *tallyfy.Member
	Guest *tallyfy.Guest
	// Made is the invited member; nil before Send and after a failure.
	Made *tallyfy.Member
}

// Kind implements change.Change.
func (c *Invitation) Kind() string { return Invited }

// Target is the address: nobody is invited twice at the same time.
func (c *Invitation) Target() string { return "invitation " + change.Digest(address(c.Request.Email)) }

// address is an email address as addresses are compared.
func address(email string) string { return strings.ToLower(names.Clean(email)) }

// Tidy is a request without what only typing leaves behind.
func Tidy(r tallyfy.InviteRequest) tallyfy.InviteRequest {
	r.Email, r.FirstName, r.LastName = names.Clean(r.Email), names.Tidy(r.FirstName), names.Tidy(r.LastName)
	r.Message = strings.TrimSpace(strings.ReplaceAll(r.Message, "\r\n", "\n"))
	return r
}

// isAddress matches what Tallyfy refuses in a name as an address of a page.
var isAddress = regexp.MustCompile(`(?i)://|\bwww\.|\b[a-z0-9-]+\.(com|net|org|io|co)\b`)

// Problems says what Tallyfy would refuse in a request, by the names of its fields; none if nothing.
func Problems(r tallyfy.InviteRequest) map[string]string {
	found := map[string]string{}
	if p := EmailProblem(r.Email); p != "" {
		found["email"] = p
	}
	for field, p := range map[string]string{"first_name": nameProblem("first", r.FirstName), "last_name": nameProblem("last", r.LastName)} {
		if p != "" {
			found[field] = p
		}
	}
	if p := roleProblem(r.Role); p != "" {
		found["role"] = p
	}
	switch n := utf8.RuneCountInString(r.Message); {
	case !names.IsText(r.Message):
		found["message"] = "The message holds characters that are no text, such as control characters. Type it anew."
	case !tallyfy.Visible(r.Message):
		found["message"] = "Write a message. Tallyfy requires one."
	case n > tallyfy.MaxInvitation:
		found["message"] = fmt.Sprintf("The message has %d characters; %d are allowed.", n, tallyfy.MaxInvitation)
	}
	return found
}

// EmailProblem says why an address can't be one person's, "" if it can.
func EmailProblem(email string) string {
	found, wrong := names.Addresses(email)
	switch {
	case strings.TrimSpace(email) == "":
		return "Enter the email address."
	case len(found) != 1 || len(wrong) > 0 || address(found[0]) != address(email):
		return "This is not one email address, such as name@example.com."
	}
	return ""
}

// nameProblem says why a first or a last name, as which says, can't be taken.
func nameProblem(which, typed string) string {
	switch n := utf8.RuneCountInString(typed); {
	case !names.IsText(typed):
		return "The name holds characters that are no text, such as control characters. Type it anew."
	case !tallyfy.Visible(typed):
		return "Enter the " + which + " name. Tallyfy requires both."
	case n > tallyfy.MaxPersonName:
		return fmt.Sprintf("The name has %d characters; %d are allowed.", n, tallyfy.MaxPersonName)
	case isAddress.MatchString(typed):
		return "Tallyfy takes no web address as a name."
	}
	return ""
}

// Look finds out who has the address already. Both are asked anew: people come and go.
func (c *Invitation) Look(ctx context.Context) (err error) {
	c.Found, c.Guest, err = byAddress(ctx, c.Client, c.Org.ID, c.Request.Email)
	return err
}

// byAddress finds the member and the guest who have an address, nil for nobody. A guest who was
// removed is none, though Tallyfy may still list one.
func byAddress(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, email string) (m *tallyfy.Member, g *tallyfy.Guest, err error) {
	err = parallel.Run(ctx,
		func(ctx context.Context) (err error) {
			m, err = MemberByAddress(ctx, client, org, email)
			return err
		},
		func(ctx context.Context) error {
			found, err := client.Guests.Get(ctx, org, address(email))
			switch {
			case tallyfy.IsNotFound(err):
				return nil
			case err != nil:
				return err
			case !found.IsDeleted():
				g = found
			}
			return nil
		})
	return m, g, err
}

// MemberByAddress finds the member who has an address, nil for nobody. It takes one call: the search finds parts of
// addresses, and a page holds more people than fit one.
func MemberByAddress(ctx context.Context, client *tallyfy.Client, org tallyfy.ID, email string) (*tallyfy.Member, error) {
	page, err := client.Members.List(ctx, org, tallyfy.MemberListOptions{Query: address(email), PerPage: 100})
	if err != nil {
		return nil, err
	}
	for i := range page.Items {
		if m := &page.Items[i]; address(m.Email) == address(email) {
			return m, nil
		}
	}
	return nil, nil
}

// Standing says who the address belongs to already, and what can be done instead; "" for nobody.
func (c *Invitation) Standing() string {
	switch m := c.Found; {
	case m != nil && m.Status == tallyfy.StatusInvited:
		return names.Isolate(m.Name()) + " is invited already. The invitation can be sent again or withdrawn in Tallyfy."
	case m != nil && m.IsDisabled():
		return names.Isolate(m.Name()) + " is a member who was disabled. Bring the person back instead."
	case m != nil:
		return names.Isolate(m.Name()) + " is a member already."
	case c.Guest != nil:
		return names.Isolate(c.Guest.Name()) + " is a guest. Make the guest a member in Tallyfy under Settings, Guests: that keeps the tasks."
	}
	return ""
}

// Plan implements change.Change. An address that is somebody's already stops it, and what Problems finds.
func (c *Invitation) Plan() change.Plan {
	if c.Standing() != "" || len(Problems(c.Request)) > 0 {
		return change.Plan{Stopped: true}
	}
	r, name := c.Request, c.Name()
	called := names.Marked(name, r.Email)
	differences := []journal.Difference{
		{What: "Name", After: []string{name}}, {What: "Email", After: []string{r.Email}}, {What: "Role", After: []string{roleWord(r.Role)}},
	}
	if len(c.Groups) > 0 {
		planned := journal.Difference{What: "Planned groups"}
		for _, g := range c.Groups {
			planned.After = append(planned.After, g.Name)
		}
		differences = append(differences, planned)
	}
	return change.Plan{
		Subjects: []journal.Subject{{Kind: journal.Member, Name: name, Email: r.Email}},
		Plan: journal.Plan{
			Will: "invite " + called, Did: "invited " + called,
			Lines:       []journal.Line{{Kind: lineInvited, Text: fmt.Sprintf("%s is invited as %s, and gets a mail from Tallyfy.", called, roleWord(r.Role))}},
			Warnings:    []string{"The invitation takes a " + pool(r.Role) + " seat at once. " + SeatsUnknown},
			Differences: differences, Facts: journal.Facts(inviteFacts{r.Email, r.Role, c.Groups}),
		},
	}
}

// Name is the name of who is invited.
func (c *Invitation) Name() string {
	m := tallyfy.Member{FirstName: c.Request.FirstName, LastName: c.Request.LastName, Email: c.Request.Email}
	return m.Name()
}

// pool is the kind of seat that a role takes.
func pool(r tallyfy.Role) string {
	if r == tallyfy.RoleLight {
		return "Light"
	}
	return "full"
}

// inviteFacts is what the check of an invitation needs.
type inviteFacts struct {
	Email  string
	Role   tallyfy.Role
	Groups []store.PlannedGroup `json:",omitempty"`
}

// Send implements change.Change. The planned groups are kept first. If nobody was invited, what was planned for the address before
// is again.
func (c *Invitation) Send(ctx context.Context) ([]journal.Subject, error) {
	org, plan := string(c.Org.ID), store.Planned{Email: c.Request.Email, Groups: c.Groups, By: c.By}
	var before store.Planned
	planned := false
	if len(c.Groups) > 0 {
		var err error
		if before, planned, err = c.Plans.Find(ctx, org, "", plan.Email); err == nil {
			err = c.Plans.Put(ctx, org, plan)
		}
		if err != nil {
			return nil, &change.NotSent{Words: "The planned groups could not be kept, so the invitation was not sent."}
		}
	}
	m, err := c.Client.Members.Invite(ctx, c.Org.ID, c.Request)
	switch {
	case err != nil && !tallyfy.MayHaveHappened(err) && planned:
		_ = c.Plans.Put(ctx, org, before) // what is left ends by itself, as below
		return nil, err
	case err != nil && !tallyfy.MayHaveHappened(err) && len(c.Groups) > 0:
		_ = c.Plans.Forget(ctx, org, plan.Email)
		return nil, err
	case err != nil:
		return nil, err
	}
	c.Made, plan.Member = m, string(m.ID)
	if len(c.Groups) > 0 {
		_ = c.Plans.Put(ctx, org, plan) // else it is found by the address
	}
	return []journal.Subject{journal.MemberSubject(m)}, nil
}

// Check implements change.Change. Without an id, because the answer did not arrive, the person is looked for by the address.
func (c *Invitation) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	facts, _ := journal.FactsOf[inviteFacts](e, Invited)
	s := e.Subject(journal.Member)
	m, f, err := (*tallyfy.Member)(nil), couldNotAsk, error(nil)
	if s.ID != "" {
		m, f, err = again(ctx, c.Client, c.Org.ID, s)
	} else if m, err = MemberByAddress(ctx, c.Client, c.Org.ID, facts.Email); err == nil {
		f = journal.Finding{Result: journal.NotAsExpected, Detail: names.Isolate(facts.Email) + " is not listed in Tallyfy."}
	} else if !tallyfy.IsUnauthorized(err) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if m != nil {
		f = journal.Confirm(!m.IsDisabled() && m.Role == facts.Role, fmt.Sprintf("%s is %s, with the role %s.", names.Isolate(m.Name()), m.Status, roleWord(m.Role)))
	}
	return []journal.Finding{f}, nil
}

// Summary implements change.Change.
func (c *Invitation) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	facts, _ := journal.FactsOf[inviteFacts](e, Invited)
	name := names.Marked(e.Subject(journal.Member).Name, facts.Email)
	return summary(e, underWay, e.Finding(lineInvited), "the invitation of "+name, name+" is invited as "+roleWord(facts.Role))
}

// Log implements change.Change.
func (c *Invitation) Log() []slog.Attr {
	attrs := []slog.Attr{slog.Group("asked", slog.String("role", string(c.Request.Role)), slog.Int("planned_groups", len(c.Groups)))}
	if c.Made != nil {
		attrs = append(attrs, slog.String("member", string(c.Made.ID)))
	}
	return attrs
}
