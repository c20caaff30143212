package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// DeletedForGood is the kind of an Erasure.
const DeletedForGood = "member.delete"

// lineGone is the kind of the sentence that the account is gone.
const lineGone = "gone"

// An Erasure deletes a disabled member's account for good, in every organisation. There is no form of it for many.
type Erasure struct {
	Person
	// Typed is the address that was typed to confirm.
	Typed string
	// KeptDays is how long the journal keeps what happened.
	KeptDays int

	deleted bool
}

// Kind implements change.Change.
func (c *Erasure) Kind() string { return DeletedForGood }

// Look implements change.Change.
func (c *Erasure) Look(ctx context.Context) error { return c.look(ctx) }

// Blockers gives all reasons that hold at once.
func (c *Erasure) Blockers() []Blocker {
	m, name := c.Member, c.Called()
	return Blockers(
		AskAdmin(c.Self(), "This is your own account.", "Ask another administrator."),
		Block(m.IsBot(), name+" is a bot.", "Tallyfy does not delete bots."),
		Block(!m.IsDisabled() && !m.IsBot(), name+" is not disabled.", "Only the account of somebody who was removed or disabled before can be deleted for good."),
		Block(m.IsDefaultAdmin, name+" is the default administrator.", "Choose another one in Tallyfy under Settings, Organization, Members."),
	)
}

// Phrase is what has to be typed: the address, or the id of somebody without one.
func (c *Erasure) Phrase() string {
	if phrase := names.Unwrap(c.Member.Email); phrase != "" {
		return phrase
	}
	return string(c.Member.ID)
}

// PhraseError says what is wrong with the confirmation, "" if nothing is.
func (c *Erasure) PhraseError() string {
	switch typed := names.Unwrap(c.Typed); {
	case typed == "":
		return "Type " + names.Isolate(c.Phrase()) + " to go on. Nothing was deleted."
	case !strings.EqualFold(typed, c.Phrase()):
		return "That is not " + names.Isolate(c.Phrase()) + ". Nothing was deleted."
	}
	return ""
}

// Plan implements change.Change. What Blockers says stops it, and a confirmation that is missing.
func (c *Erasure) Plan() change.Plan {
	if len(c.Blockers()) > 0 {
		return change.Plan{Stopped: true}
	}
	m, name := c.Member, c.Called()
	return change.Plan{
		Stopped:  c.PhraseError() != "",
		Subjects: []journal.Subject{journal.MemberSubject(c.Member)},
		Plan: journal.Plan{
			Will: "delete the account of " + name + " for good", Did: "deleted the account of " + name + " for good",
			Lines: []journal.Line{{Kind: lineGone, Text: fmt.Sprintf(
				"The account of %s is deleted in every organisation that it belongs to, not only in %s. It can't come back.", name, names.Isolate(c.Org.DisplayName()))}},
			Warnings: []string{
				"Tallyfy does not check whether the person works in other organisations, and neither can this dashboard.",
				"Tasks that are still in the person's name stay there, with “(Deleted)” behind the name. Hand them over in Tallyfy first.",
				fmt.Sprintf("Activity keeps this change and earlier ones for %d days, with the name and the address, for administrators of this organisation.", c.KeptDays),
			},
			Differences: []journal.Difference{
				{What: "Name", Before: []string{m.Name()}}, {What: "Email", Before: []string{m.Email}}, {What: "Role", Before: []string{roleWord(m.Role)}},
			},
		},
	}
}

// Send implements change.Change.
func (c *Erasure) Send(ctx context.Context) ([]journal.Subject, error) {
	_, err := c.Client.Members.Delete(ctx, c.Org.ID, c.ID)
	c.deleted = err == nil
	return nil, err
}

// Check implements change.Change. Tallyfy answers that there is no such member, or gives the account as it was renamed.
func (c *Erasure) Check(ctx context.Context, e *journal.Entry) ([]journal.Finding, error) {
	s := e.Subject(journal.Member)
	m, err := c.Client.Members.Get(ctx, c.Org.ID, tallyfy.UserID(s.ID))
	switch {
	case tallyfy.IsUnauthorized(err):
		return nil, err
	case tallyfy.IsGone(err):
		return []journal.Finding{{Result: journal.Confirmed}}, nil
	case err != nil:
		return []journal.Finding{couldNotAsk}, nil
	}
	renamed := strings.Contains(m.Email, ".deleted.") && !strings.EqualFold(m.Email, s.Email)
	return []journal.Finding{journal.Confirm(renamed, names.Isolate(s.Name)+" is still there.")}, nil
}

// Summary implements change.Change.
func (c *Erasure) Summary(e *journal.Entry, underWay bool) (change.Tone, string) {
	s := e.Subject(journal.Member)
	name := names.Marked(s.Name, s.Email)
	return summary(e, underWay, e.Finding(lineGone), "the deletion of "+name, "The account of "+name+" is deleted for good")
}

// Log implements change.Change.
func (c *Erasure) Log() []slog.Attr {
	attrs := c.log()
	if c.deleted {
		attrs = append(attrs, slog.Bool("deleted", true))
	}
	return attrs
}
