package tallyfy

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// Group is a named set of members and guests.
type Group struct {
	ID ID `json:"id"`
	// Name has at most 200 characters and is unique in the organisation (documented).
	Name        string `json:"name"`
	Description string `json:"description"`
	// Logo is a URL, "" for none. It may point at the API's own host (see [FilesService.OpenURL])
	// or at any other.
	Logo string `json:"logo"`
	// Members are in the API's order. An id may no longer resolve to a member.
	Members UserIDs `json:"members"`
	// Guests are in the API's order.
	Guests      Emails         `json:"guests"`
	CreatedAt   Time           `json:"created_at"`
	LastUpdated Time           `json:"last_updated"`
	Assets      Include[Asset] `json:"assets"` // only with=assets: the logo's file record
	Users       Include[User]  `json:"users"`  // only with=users
}

func (g *Group) identity() string { return string(g.ID) }

func (g *Group) lacksList() bool { return g.Members == nil || g.Guests == nil }

// DisplayName returns the name, else "Group" and the id where the name shows nothing.
func (g *Group) DisplayName() string { return firstOf(g.Name, "Group "+string(g.ID)) }

// GroupListOptions are the query of a list of groups. Zero values are not sent.
type GroupListOptions struct {
	Query   string   // q: searched in name and description
	SortBy  string   // "name", "created_at" (default) or "updated_at"; the direction cannot be set
	Page    int      // from 1
	PerPage int      // default 10, at most 100 (documented)
	With    []string // "assets", "users", "guests"
}

// CreateGroupRequest is the body of a new group. Nil lists are sent as [].
type CreateGroupRequest struct {
	Name        string // required, at most 200 characters, unique
	Description string // required, not empty
	Members     []UserID
	Guests      []string
}

// UpdateGroupRequest is the body of a change. The API has no way to add or remove a single person
// and no version check: a list that is present replaces the whole list, so build it from a group
// read just before.
type UpdateGroupRequest struct {
	Name        string    // "" is not sent: the name stays
	Description string    // required by the API: always sent
	Members     *[]UserID // nil is not sent: the list stays; a pointer to an empty list empties it
	Guests      *[]string // as Members
}

type groupBody struct {
	Name        string    `json:"name,omitempty"`
	Description string    `json:"description"`
	Members     *[]UserID `json:"members,omitempty"`
	Guests      *[]string `json:"guests,omitempty"`
}

func (g CreateGroupRequest) wire() groupBody {
	return groupBody{
		Name: g.Name, Description: g.Description,
		Members: notNull(&g.Members), Guests: notNull(&g.Guests),
	}
}

func (g UpdateGroupRequest) wire() groupBody {
	return groupBody{
		Name: g.Name, Description: g.Description,
		Members: notNull(g.Members), Guests: notNull(g.Guests),
	}
}

// notNull makes a pointer to a nil list encode as [] instead of null. A nil pointer stays nil.
func notNull[T any](list *[]T) *[]T {
	if list != nil && *list == nil {
		return &[]T{}
	}
	return list
}

// GroupsService holds the calls on groups. Any member may read; changes need the manage_groups
// permission (documented).
type GroupsService service

// List returns one page of groups.
//
// GET /organizations/{org}/groups
func (s *GroupsService) List(ctx context.Context, org ID, o GroupListOptions) (*Page[Group], error) {
	return getPage[Group](ctx, s.client, o.request(org))
}

func (o GroupListOptions) request(org ID) request {
	q := url.Values{}
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	setText(q, "q", o.Query)
	setText(q, "sort_by", o.SortBy)
	setText(q, "with", strings.Join(o.With, ","))
	return request{op: "groups.list", path: orgPath(org, "groups"), query: q}
}

// All reads the whole list, ignoring o.Page; o.PerPage defaults to 100. See pages for when it ends.
func (s *GroupsService) All(ctx context.Context, org ID, o GroupListOptions) iter.Seq2[Group, error] {
	return pages(orgPath(org, "groups"), o.PerPage, func(page, perPage int) (*Page[Group], error) {
		o.Page, o.PerPage = page, perPage
		return s.List(ctx, org, o)
	})
}

// Get returns one group. with=assets is documented. An answer without the members or the guests is
// an error.
//
// GET /organizations/{org}/groups/{group}
func (s *GroupsService) Get(ctx context.Context, org, id ID, with ...string) (*Group, error) {
	q := url.Values{}
	setText(q, "with", strings.Join(with, ","))
	return getItem[Group](ctx, s.client, request{op: "groups.get", path: orgPath(org, "groups", string(id)), query: q, item: string(id), lists: true})
}

// Create makes a group and returns it as stored. Documented answer: 201; 422 with field errors.
//
// POST /organizations/{org}/groups
func (s *GroupsService) Create(ctx context.Context, org ID, g CreateGroupRequest) (*Group, error) {
	return getItem[Group](ctx, s.client, request{
		op: "groups.create", method: http.MethodPost, path: orgPath(org, "groups"), body: g.wire(),
	})
}

// Update changes a group and returns it as stored. Documented answer: 201; any 2xx is accepted.
// 400, 403, 404, 422. With a list it is made at once or not at all: a 429 is not waited for, because the
// list would be older by then, and would undo what others have done meanwhile.
//
// PUT /organizations/{org}/groups/{group}
func (s *GroupsService) Update(ctx context.Context, org, id ID, g UpdateGroupRequest) (*Group, error) {
	return getItem[Group](ctx, s.client, request{
		op: "groups.update", method: http.MethodPut, path: orgPath(org, "groups", string(id)), body: g.wire(), item: string(id),
		once: g.Members != nil || g.Guests != nil,
	})
}

// Delete removes a group for good; it cannot be undone. Its members and guests stay. Documented
// answer: 204, empty; older pages say 200. 403, 404.
//
// DELETE /organizations/{org}/groups/{group}
func (s *GroupsService) Delete(ctx context.Context, org, id ID) error {
	return s.client.doEmpty(ctx, request{
		op: "groups.delete", method: http.MethodDelete, path: orgPath(org, "groups", string(id)),
	})
}
