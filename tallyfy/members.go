package tallyfy

import (
	"context"
	"iter"
	"net/http"
	"strings"
)

// Role is what a member may do. Any letter case is decoded to lower case; unknown roles are kept, in lower case.
type Role string

// The documented roles.
const (
	RoleAdmin    Role = "admin"
	RoleStandard Role = "standard"
	RoleLight    Role = "light"
)

// Status is how far a member has access, in lower case. Unknown ones are kept. A missing one is taken from is_active.
type Status string

// The documented statuses.
const (
	StatusActive   Status = "active"
	StatusInvited  Status = "invited"
	StatusDisabled Status = "disabled"
)

// Member is a person, or a bot, in an organisation. The API calls it "user".
type Member struct {
	ID         UserID
	Email      string
	Username   string
	FirstName  string
	LastName   string
	FullName   string
	ProfilePic string // a URL, "" for none
	Phone      string
	JobTitle   string
	Timezone   string
	UTCOffset  string // as the service writes it, like "+02:00"
	Type       string // "standard", "bot" …
	Role       Role
	Status     Status
	// IsActive is the service's is_active; when that is missing, whether the status is active.
	IsActive       bool
	IsDefaultAdmin bool
	InvitedBy      UserID // "" for nobody
	LastLoginAt    Time
	ActivatedAt    Time
	CreatedAt      Time
	UpdatedAt      Time
	Groups         []Group // only with=groups: id, name, logo, members and guests
	// GroupsIncluded tells "in no group" from "not asked for": true when the include was in the answer.
	GroupsIncluded bool
	Stats          *MemberStats // only with=stats
}

func (m *Member) identity() string { return string(m.ID) }

// MemberStats counts what a member has done so far.
type MemberStats struct {
	StepsCreated      int
	TasksCompleted    int
	ProcessesLaunched int
	ChecklistsCreated int
	LastStepCreatedAt Time
}

// Name returns the best name to show: the full name, else first and last name, else the user name, else the email
// address, else "Member" and the id.
func (m *Member) Name() string {
	return firstOf(m.FullName, joinName(m.FirstName, m.LastName), m.Username, m.Email, "Member "+string(m.ID))
}

// IsBot reports whether the member is a bot. Bots can be neither removed nor disabled (documented).
func (m *Member) IsBot() bool { return strings.EqualFold(m.Type, "bot") }

// IsDisabled reports whether the member has lost access to the organisation: the status says so, or is_active does of somebody
// who is not merely invited.
func (m *Member) IsDisabled() bool {
	return m.Status == StatusDisabled || (!m.IsActive && m.Status != StatusInvited)
}

// CanWork reports whether the member may receive work: active, and not a bot.
func (m *Member) CanWork() bool { return m.Status == StatusActive && m.IsActive && !m.IsBot() }

// MemberListOptions are the query of a list of members. Zero values are not sent.
type MemberListOptions struct {
	Query   string   // q: searched in first name, last name and email
	Sort    string   // sort: a field, with "-" before it for descending, like "-created_at"
	Page    int      // from 1
	PerPage int      // default 9999 (documented)
	With    []string // "groups", "stats", "organizations", "preferences", "assets", "country" …
}

// RemoveOptions says what becomes of the removed member's work.
type RemoveOptions struct {
	// ReassignTo takes over the tasks and template steps. Empty: open tasks stay owned by the removed member and nothing
	// moves by itself (documented).
	ReassignTo UserID
}

// MembersService holds the calls on members.
type MembersService struct{ service }

// List returns one page of members. It may include disabled ones: read Status.
//
// GET /organizations/{org}/users
func (s *MembersService) List(ctx context.Context, org ID, o MemberListOptions) (*Page[Member], error) {
	return getPage[Member](ctx, s.client, o.request(org))
}

func (o MemberListOptions) request(org ID) request {
	var q query
	q.number("page", o.Page)
	q.number("per_page", o.PerPage)
	q.text("q", o.Query)
	q.text("sort", o.Sort)
	q.list("with", o.With)
	return request{op: "members.list", path: orgPath(org, "users"), query: q}
}

// All walks the whole list, ignoring o.Page; o.PerPage defaults to 100. See walk for when it ends.
func (s *MembersService) All(ctx context.Context, org ID, o MemberListOptions) iter.Seq2[Member, error] {
	return walk(orgPath(org, "users"), o.PerPage, func(page, perPage int) (*Page[Member], error) {
		o.Page, o.PerPage = page, perPage
		return s.List(ctx, org, o)
	})
}

// Get returns one member. Administrators only (documented): 403 for others; 404.
//
// GET /organizations/{org}/users/{user}
func (s *MembersService) Get(ctx context.Context, org ID, id UserID, with ...string) (*Member, error) {
	var q query
	q.list("with", with)
	return getItem[Member](ctx, s.client, request{op: "members.get", path: orgPath(org, "users", string(id)), query: q})
}

// Remove ends a member's access to the organisation and takes them out of every group; the account itself lives on.
// Administrators only. It returns the member as disabled, or nil when the service's answer is empty. Documented refusals:
// 400 for a bot and for a default administrator without another to take over, 404, 403.
//
// DELETE /organizations/{org}/users/{user}
func (s *MembersService) Remove(ctx context.Context, org ID, id UserID, o RemoveOptions) (*Member, error) {
	var q query
	if o.ReassignTo != "" {
		q.text("to", string(o.ReassignTo))
		q.text("with_reassignment", "true")
	}
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.remove", method: http.MethodDelete, path: orgPath(org, "users", string(id)), query: q,
	})
}

// Enable gives a disabled member access again (seen in the vendor's client). It returns nil when the answer is empty.
//
// PUT /organizations/{org}/users/{user}/enable
func (s *MembersService) Enable(ctx context.Context, org ID, id UserID) (*Member, error) {
	return getOptionalItem[Member](ctx, s.client, request{
		op: "members.enable", method: http.MethodPut, path: orgPath(org, "users", string(id), "enable"),
	})
}
