package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultActivityPage is documented. No maximum is: this is the one of other lists.
	defaultActivityPage = 20
	maxActivityPage     = 100
	// mostActivity limits the memory of a sandbox that runs for weeks.
	mostActivity = 10_000
)

// The types and verbs of the activity that the sandbox writes.
const (
	ofGroup, ofMember                     = "Group", "User"
	verbCreated, verbUpdated, verbDeleted = "created", "updated", "deleted"
	verbInvited, verbAccepted             = "invited", "invite-accepted"
	verbEnabled, verbDisabled             = "enabled", "disabled"
)

// What the activity may be asked for (documented).
var (
	activityTypes = []string{"Comment", "Task", "Step", "Process", "Blueprint", ofMember, "Organization", "Tag", ofGroup}
	activityVerbs = []string{
		verbCreated, verbUpdated, "owners-updated", "uploaded", "completed", "uncompleted", verbDeleted, "re-ordered", "commented", "issue-reported",
		"issue-resolved", "archived", "unarchived", "re-opened", "emitted", verbEnabled, verbDisabled, "comment-deleted", verbInvited, verbAccepted,
		"linked", "unlinked",
	}
)

// An activity is an entry of the activity: what a member did to a group or to a member.
type activity struct {
	id, verb, kind, about string
	actor                 member // as they were then
	at                    time.Time
}

// note writes an entry. Nothing is written where it is not known who did it.
func (o *organisation) note(verb, kind, about string, actor *member, at time.Time) {
	if actor == nil {
		return
	}
	if len(o.activity) >= mostActivity {
		o.activity = slices.Delete(o.activity, 0, mostActivity/10)
	}
	o.lastActivity++
	o.activity = append(o.activity, activity{makeID(o.id+"/activity", o.lastActivity), verb, kind, about, *actor, at})
}

func (c *call) noteGroup(verb string, g *group) { c.org.note(verb, ofGroup, g.id, c.caller, c.now) }

func (c *call) noteMember(verb string, m *member) {
	c.org.note(verb, ofMember, strconv.Itoa(m.id), c.caller, c.now)
}

// noteElsewhere writes what another administrator does to a group of the main organisation.
func (s *Server) noteElsewhere(verb string, g *group) {
	s.main.note(verb, ofGroup, g.id, s.main.memberByEmail(colleagueEmail), s.now())
}

func (s *Server) listActivity(c *call) answer {
	p := c.parameters("type", "verb", "actor_type", "actor_id", "actor_email", "source", "created_after", "created_before", "page", "per_page", "sort")
	page := p.page(defaultActivityPage, maxActivityPage)
	kind, verb := p.oneOf("type", "", activityTypes...), p.oneOf("verb", "", activityVerbs...)
	actorType, source := p.oneOf("actor_type", "user", "user", "guest"), p.oneOf("source", "Member", "Member", "Guest", "Webhook")
	actor, email := p.number("actor_id", 0), p.values.Get("actor_email")
	after, before := p.day("created_after"), p.day("created_before")
	sort := p.oneOf("sort", "-created_at", "created_at", "-created_at")
	if len(p.problems) > 0 {
		return p.problems.answer()
	}
	var found []activity
	for _, a := range c.org.activity {
		day := a.at.Format(time.DateOnly)
		if c.sees(a) && (kind == "" || a.kind == kind) && (verb == "" || a.verb == verb) && (actor == 0 || a.actor.id == actor) &&
			(email == "" || strings.EqualFold(a.actor.email, email)) && actorType == "user" && source == "Member" &&
			day >= after && (before == "" || day <= before) {
			found = append(found, a)
		}
	}
	if sort == "-created_at" {
		slices.Reverse(found)
	}
	return list(c, page, len(found), each(cut(page, found), func(a activity) activityWire { return a.wire(c.org) }))
}

// sees reports that the caller may see an entry: administrators see all, others what is about a
// group or about themselves.
func (c *call) sees(a activity) bool {
	return c.caller.role == roleAdmin || a.kind == ofGroup || a.about == strconv.Itoa(c.caller.id)
}

// day is a day as it is written, "" if the parameter is absent or empty.
func (p parameters) day(name string) string {
	text := p.values.Get(name)
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		p.problems.add(name, "The %s does not match the format Y-m-d.", strings.ReplaceAll(name, "_", " "))
	}
	return text
}

// wire has single values in lists of one, as the service does.
func (a activity) wire(o *organisation) activityWire {
	return activityWire{
		ID: a.id, OrganizationID: o.id, Verb: []string{a.verb}, Source: []string{"Member"}, Type: []string{a.kind},
		ActorType: []string{"user"}, ActorID: []int{a.actor.id},
		Actor: []actorWire{{
			Email: a.actor.email, Username: a.actor.username(), FirstName: a.actor.firstName, LastName: a.actor.lastName, FullName: a.actor.fullName(),
		}},
		AuditableType: `App\Models\` + a.kind, AuditableID: a.about, CreatedAt: microDate(a.at),
		Description: []string{}, Field: []string{}, OldValue: []string{}, Text: []string{}, References: []string{},
	}
}
