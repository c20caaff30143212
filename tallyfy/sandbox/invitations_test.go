package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const guestPath = "/organizations/{org}/guests"

func invitation(email string) string {
	return fmt.Sprintf(`{"email":%q,"first_name":"Ada","last_name":"Okoye","role":"standard","message":"Welcome"}`, email)
}

func TestInvite(t *testing.T) {
	s := start(t, Options{})
	m := admin(t, s, "POST", usersPath+"/invite", invitation("Ada@example.com")).data(t)
	assert.Equal(t, []any{"ada@example.com", "invited", false, nil, nil, "Standard"}, []any{m["email"], m["status"], m["is_active"], m["activated_at"], m["type"], m["role"]})
	assert.EqualValues(t, mustMember(t, s, "maren.dahl").ID, m["invited_by"])
	for _, email := range []string{"ada@example.com", "maren.dahl@example.com", "gareth.pugh@example.com", "nobody", ""} {
		assert.Equal(t, 422, admin(t, s, "POST", usersPath+"/invite", invitation(email)).status, email)
	}
	for from, to := range map[string]string{
		`"Ada"`: `"` + strings.Repeat("é", 33) + `"`, `"Okoye"`: `"see http://x"`, `"standard"`: `"boss"`, `"Welcome"`: `"` + strings.Repeat("é", 5001) + `"`,
		`"message":"Welcome"`: `"message":"Welcome","groups":[]`, `,"message":"Welcome"`: ``,
	} {
		assert.Equal(t, 422, admin(t, s, "POST", usersPath+"/invite", strings.Replace(invitation("b@example.com"), from, to, 1)).status, to)
	}
	assert.Len(t, s.Members(), 61)
	require.True(t, s.AcceptInvitation("ada@example.com"))
	assert.Equal(t, statusActive, mustMember(t, s, "ada").Status)
	assert.False(t, s.WithdrawInvitation("ada@example.com"))
}

func TestInvitationsOfADay(t *testing.T) {
	now := testNow
	s := start(t, Options{Now: func() time.Time { return now }})
	for i := range 10 {
		require.Equal(t, 200, admin(t, s, "POST", usersPath+"/invite", invitation(fmt.Sprintf("a%d@example.com", i))).status)
	}
	r := admin(t, s, "POST", usersPath+"/invite", invitation("eleventh@example.com"))
	assert.Equal(t, 429, r.status)
	assert.Contains(t, r.body, "RATE_LIMIT_EXCEEDED")
	now = now.Add(24 * time.Hour)
	assert.Equal(t, 200, admin(t, s, "POST", usersPath+"/invite", invitation("eleventh@example.com")).status)
}

// Everybody has a seat but the disabled and the bot.
func TestSeats(t *testing.T) {
	full, light := 0, 0
	for _, m := range start(t, Options{}).Members() {
		switch {
		case m.Status == statusDisabled || m.Type == kindBot:
		case m.Role == roleLight:
			light++
		default:
			full++
		}
	}
	for _, flat := range []bool{false, true} {
		s := start(t, Options{FullSeats: full, LightSeats: light, FlatErrors: flat})
		refused := func(method, path, body, pool string) {
			t.Helper()
			r := admin(t, s, method, path, body)
			assert.Equal(t, 409, r.status, path)
			assert.Contains(t, r.body, `"details":{"pool_type":"`+pool+`"}`)
			assert.Equal(t, flat, strings.Contains(r.body, `"error":true`), r.body)
		}
		noor, gareth := mustMember(t, s, idleUser), mustMember(t, s, leftUser)
		refused("POST", usersPath+"/invite", invitation("ada@example.com"), "full")
		refused("PUT", userPath(noor, "/role"), `{"role":"standard"}`, "full")
		refused("PUT", userPath(gareth, "/enable"), "", "full")
		anna := mustMember(t, s, "anna.kowalska")
		assert.Equal(t, 200, admin(t, s, "PUT", userPath(anna, "/role"), `{"role":"light"}`).status, "down is never refused, not even without a light seat")
		refused("POST", usersPath+"/invite", strings.Replace(invitation("ada@example.com"), "standard", "light", 1), "light")
		assert.Equal(t, 200, admin(t, s, "PUT", userPath(mustMember(t, s, "a.kowalska"), "/role"), `{"role":"admin"}`).status, "the same pool")
		assert.Equal(t, 200, admin(t, s, "PUT", userPath(gareth, "/enable"), "").status)
	}
}

func TestChangesOfGuests(t *testing.T) {
	s := start(t, Options{})
	g := admin(t, s, "POST", guestPath, `{"email":"New@partner.example.com","first_name":"Nia"}`)
	require.Equal(t, 201, g.status)
	assert.Nil(t, g.data(t)["details"].(map[string]any)["associated_members"])
	for body, field := range map[string]string{
		`{"email":"maren.dahl@example.com"}`: "email", `{"email":"x"}`: "email", `{"first_name":"x"}`: "email", `{"email":"y@x.example.com","phone":"1"}`: "phone",
		`{"email":"y@x.example.com","company_name":"` + strings.Repeat("c", 201) + `"}`: "company_name", `{"email":"y@x.example.com","last_name":""}`: "last_name",
	} {
		r := admin(t, s, "POST", guestPath, body)
		assert.Equal(t, 422, r.status, body)
		assert.Contains(t, r.body, `"`+field+`"`, body)
	}
	path := guestPath + "/new@partner.example.com"
	for _, body := range []string{`{"associated_members":[1]}`, `{"email":"new@partner.example.com","associated_members":[1]}`, `{"email":"new@partner.example.com"}`, `{"email":"new@partner.example.com","associated_members":null}`, `{"email":"new@partner.example.com","associated_members":[],"first_name":"x"}`} {
		assert.Equal(t, 422, admin(t, s, "PUT", path, body).status, body)
	}
	known := fmt.Sprintf(`{"email":"new@partner.example.com","associated_members":[%d]}`, mustMember(t, s, "emre.yildiz").ID)
	require.Equal(t, 201, admin(t, s, "PUT", path, known).status)
	assert.Equal(t, 404, admin(t, s, "PUT", guestPath+"/nobody@x.example.com", known).status)
	assert.Equal(t, 200, admin(t, s, "DELETE", path, "").status)
	assert.Equal(t, 422, admin(t, s, "DELETE", path, "").status, "unknown: not 404")
	assert.Equal(t, 404, admin(t, s, "GET", path, "").status)
}
