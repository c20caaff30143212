package tallyfy

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// Guest is a person outside the organisation. The API's `link` is a secret sign-in link: it is not
// decoded at all, so that it can be neither shown nor logged.
type Guest struct {
	ID             ID                    `json:"id"`
	Email          string                `json:"email"`
	FirstName      string                `json:"first_name"`
	LastName       string                `json:"last_name"`
	CreatedAt      Time                  `json:"created_at"`
	LastAccessedAt Time                  `json:"last_accessed_at"`
	DeletedAt      Time                  `json:"deleted_at"`
	Details        Include[GuestDetails] `json:"details"` // one or none
}

// GuestDetails are what an organisation notes of a guest.
type GuestDetails struct {
	Status  string `json:"status"`
	Company Text   `json:"company_name"`
	// KnownBy are the members who know the guest: the API's associated members.
	KnownBy UserIDs `json:"associated_members"`
}

func (g *Guest) identity() string { return string(g.ID) }

// lacksList takes empty details for those of a guest of whom nothing is noted. Who knew a guest who
// was removed does not matter.
func (g *Guest) lacksList() bool {
	return !g.IsDeleted() && (g.Details == nil || len(g.Details) > 0 && g.Details[0].KnownBy == nil)
}

// Name returns first and last name, else the email address, else "Guest" and the id.
func (g *Guest) Name() string {
	return firstOf(joinName(g.FirstName, g.LastName), g.Email, "Guest "+string(g.ID))
}

// Company returns the company that the organisation has noted, "" for none.
func (g *Guest) Company() string {
	if len(g.Details) == 0 {
		return ""
	}
	return string(g.Details[0].Company)
}

// KnownBy returns the members who know the guest.
func (g *Guest) KnownBy() []UserID {
	if len(g.Details) == 0 {
		return nil
	}
	return g.Details[0].KnownBy
}

// IsDeleted reports that the guest was removed. Tallyfy may list one like that.
func (g *Guest) IsDeleted() bool { return !g.DeletedAt.IsZero() }

// Status returns "deleted", or the status that the organisation has noted, "" for none.
func (g *Guest) Status() string {
	switch {
	case g.IsDeleted():
		return "deleted"
	case len(g.Details) == 0:
		return ""
	}
	return g.Details[0].Status
}

// GuestListOptions are the query of a list of guests. Zero values are not sent.
type GuestListOptions struct {
	Query   string // q: searched in the email address
	Sort    string // sort: a field, default created_at
	Page    int    // from 1
	PerPage int    // default 999 (documented)
}

// GuestsService holds the calls on guests.
type GuestsService service

// List returns one page of guests.
//
// GET /organizations/{org}/guests
func (s *GuestsService) List(ctx context.Context, org ID, o GuestListOptions) (*Page[Guest], error) {
	q := url.Values{}
	setNumber(q, "page", o.Page)
	setNumber(q, "per_page", o.PerPage)
	setText(q, "q", o.Query)
	setText(q, "sort", o.Sort)
	return getPage[Guest](ctx, s.client, request{op: "guests.list", path: orgPath(org, "guests"), query: q})
}

// All reads the whole list, ignoring o.Page; o.PerPage defaults to 100. See pages for when it ends.
func (s *GuestsService) All(ctx context.Context, org ID, o GuestListOptions) iter.Seq2[Guest, error] {
	return pages(orgPath(org, "guests"), o.PerPage, func(page, perPage int) (*Page[Guest], error) {
		o.Page, o.PerPage = page, perPage
		return s.List(ctx, org, o)
	})
}

// Get returns one guest. Documented answer: 201; 200 on another page. 404, also for an answer about
// somebody else: a server on the way that unescapes an odd address too early may lead to another
// one. An answer without the members who know the guest is an error.
//
// GET /organizations/{org}/guests/{email}
func (s *GuestsService) Get(ctx context.Context, org ID, email string) (*Guest, error) {
	r := request{op: "guests.get", path: orgPath(org, "guests", email), lists: true}
	g, err := getItem[Guest](ctx, s.client, r)
	if err == nil && IsOdd(email) && !strings.EqualFold(g.Email, email) {
		return nil, &Error{Status: http.StatusNotFound, Message: "The answer is about another guest.", Method: http.MethodGet, Path: r.shownPath()}
	}
	return g, err
}

// CreateGuestRequest is the body of a new guest. Empty texts are not sent.
type CreateGuestRequest struct {
	Email     string `json:"email"`                // required, and not a member's
	FirstName string `json:"first_name,omitempty"` // at most MaxGuestText characters, as the two below
	LastName  string `json:"last_name,omitempty"`
	Company   string `json:"company_name,omitempty"`
}

// MaxGuestText is the longest text of a guest, in characters (documented).
const MaxGuestText = 200

// Create makes a guest and returns it as stored. A guest who is known elsewhere is linked. Documented
// answer: 201; 422 for a member's address, and for one that takes no mail.
//
// POST /organizations/{org}/guests
func (s *GuestsService) Create(ctx context.Context, org ID, r CreateGuestRequest) (*Guest, error) {
	return getItem[Guest](ctx, s.client, request{op: "guests.create", method: http.MethodPost, path: orgPath(org, "guests"), body: r})
}

// SetKnownBy replaces the members who know a guest; an empty list clears it. Nothing else of a guest can be
// changed (documented). Documented answer: 201. 404, 422. A 429 is not waited for: the list would be older
// by then.
//
// PUT /organizations/{org}/guests/{email}
func (s *GuestsService) SetKnownBy(ctx context.Context, org ID, email string, ids []UserID) (*Guest, error) {
	return getItem[Guest](ctx, s.client, request{
		op: "guests.update", method: http.MethodPut, path: orgPath(org, "guests", email), once: true,
		body: map[string]any{"email": email, "associated_members": append([]UserID{}, ids...)},
	})
}

// Remove takes a guest off all tasks and out of the organisation. An address that is no guest's is a 422
// (documented).
//
// DELETE /organizations/{org}/guests/{email}
func (s *GuestsService) Remove(ctx context.Context, org ID, email string) error {
	return s.client.doEmpty(ctx, request{op: "guests.remove", method: http.MethodDelete, path: orgPath(org, "guests", email)})
}
