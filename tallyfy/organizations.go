package tallyfy

import (
	"context"
	"net/url"
)

// User is the person whose token signs the calls.
type User struct {
	ID        UserID `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Timezone  string `json:"timezone"`
}

func (u *User) identity() string { return string(u.ID) }

// Name returns first and last name, else the user name, else the email address, else "User" and
// the id.
func (u *User) Name() string {
	return firstOf(joinName(u.FirstName, u.LastName), u.Username, u.Email, "User "+string(u.ID))
}

// Organization is a Tallyfy organisation.
type Organization struct {
	ID        ID     `json:"id"`
	Name      string `json:"name"`
	CreatedAt Time   `json:"created_at"`
}

func (o *Organization) identity() string { return string(o.ID) }

// DisplayName returns the name, else "Organisation" and the id where the name shows nothing.
func (o *Organization) DisplayName() string { return firstOf(o.Name, "Organisation "+string(o.ID)) }

// OrganizationsService holds the calls about the signed-in person and their organisations. None of
// its routes is documented; all are seen in the vendor's client.
type OrganizationsService service

// Me returns the person whose token is used. 401 when the token is unknown, expired or revoked.
//
// GET /me
func (s *OrganizationsService) Me(ctx context.Context) (*User, error) {
	return getItem[User](ctx, s.client, request{op: "organizations.me", path: []string{"me"}})
}

// maxOrganizations ends a list that never ends: it is read while somebody waits, and nobody
// chooses among more.
const maxOrganizations = 1000

// List returns every organisation of the person, over all pages; more than 1000 are an error. Those that
// could be read come with a [ShortError] if some are missing. A token is tied to the organisation its owner is signed in to: the others may answer 401 or 403 to
// further calls (documented).
//
// GET /me/organizations
func (s *OrganizationsService) List(ctx context.Context) ([]Organization, error) {
	path := []string{"me", "organizations"}
	list := func(page, perPage int) (*Page[Organization], error) {
		q := url.Values{}
		setNumber(q, "page", page)
		setNumber(q, "per_page", perPage)
		return getPage[Organization](ctx, s.client, request{op: "organizations.list", path: path, query: q})
	}
	return ReadAll(func(yield func(Organization, error) bool) {
		n := 0
		for org, err := range pages(path, 0, list) {
			if n++; n > maxOrganizations && err == nil {
				err = endless(path)
			}
			if !yield(org, err) || err != nil {
				return
			}
		}
	}, func(o Organization) string { return string(o.ID) })
}

// Membership returns the signed-in person as a member of the organisation, with their role.
//
// GET /organizations/{org}/me
func (s *OrganizationsService) Membership(ctx context.Context, org ID) (*Member, error) {
	return getItem[Member](ctx, s.client, request{op: "organizations.membership", path: orgPath(org, "me")})
}
