package activity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/tallyfy/sandbox"
)

// everywhere are the addresses that could show a change of a group, and whom it concerns.
func everywhere(s *sitetest.Site, e *journal.Entry) []string {
	of := url.QueryEscape(e.Subjects[0].Key())
	return []string{
		"/activity", "/activity?q=secret", "/activity?about=" + of, "/activity?who=" + e.Actor.ID, "/activity?what=" + e.Kind, "/activity?outcome=done", "/activity?before=ffffffff-ffff-7fff-bfff-ffffffffffff",
		"/activity.csv", "/activity.csv?who=" + e.Actor.ID, "/activity.csv?about=" + of,
		"/activity/" + e.ID, "/activity/" + e.ID + "?check=again", "/activity/" + strings.ToUpper(e.ID), // no form of ours
		"/trash", "/trash.csv", "/activity/" + e.ID + "/restore",
		s.GroupPath("Finance"), s.MemberPath("esi.mensah"),
		"/members/" + s.ID("esi.mensah") + "/remove/receipt/" + strings.Repeat("0", 32),
	}
}

// secret is the deletion of a group with a name that stands nowhere else. Finance and Esi Mensah show it on their pages.
func secret(s *sitetest.Site) journal.Intent {
	in := intent(s, "Secret Society")
	in.Subjects = append(in.Subjects, group(s, "Finance"))
	in.Facts, in.Contents = []byte(`{"Kept":true}`), &journal.Contents{Data: []byte(`{"Name":"Secret Society"}`)}
	in.Concerned = []tallyfy.UserID{tallyfy.UserID(s.ID("esi.mensah"))}
	return in
}

// shows reports which of the addresses show the name.
func shows(s *sitetest.Site, e *journal.Entry) (found []string) {
	for _, path := range everywhere(s, e) {
		if strings.Contains(s.Get(path).Body, "Secret Society") {
			found = append(found, path)
		}
	}
	return found
}

func TestOthersSeeTheirOwnChangesOnly(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	e := record(s, secret(s), journal.Done)
	assert.Len(t, shows(s, e), len(everywhere(s, e))-2, "an administrator sees it everywhere but under an address that is none")

	tomas := standard(s)
	assert.Empty(t, shows(tomas, e))
	p := tomas.Get("/activity/" + e.ID).Whole(http.StatusNotFound)
	assert.Equal(t, "There is no such receipt", p.Text("h1"))
	p = tomas.Get("/activity?who=" + e.Actor.ID).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "Changes that you made with this dashboard.")
	assert.False(t, p.Has("select[name=who]"), "there is nobody to choose")
	assert.Empty(t, file(tomas, ""))
	assert.Contains(t, tomas.Get(s.GroupPath("Finance")).Text("main"), "None with this dashboard.")

	mine := secret(s)
	mine.Did = "deleted the group Open Society"
	mine.Actor = subject(s, "tomas.herrera")
	own := record(s, mine, journal.Done)
	assert.Equal(t, []string{"Tomás Herrera deleted the group Open Society. Not checked."}, sentences(tomas.Get("/activity")))
	assert.Len(t, sentences(tomas.Get("/activity?who="+e.Actor.ID)), 1, "the filter for others is none for him")
	assert.Len(t, file(tomas, ""), 1)
	tomas.Get("/activity/" + own.ID).Whole(http.StatusOK)
	assert.Len(t, sentences(tomas.Get(s.GroupPath("Finance"))), 1)
	assert.Len(t, sentences(s.Get("/activity")), 2)

	tomas.Sandbox.Fail(sandbox.Fault{Route: "/organizations/{org}/me", Status: 500})
	assert.Empty(t, shows(tomas, e), "who cannot be found to be an administrator is none")
}

// The role is the one that Tallyfy gives now, not that of the sign-in.
func TestRoleThatChanged(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	in := secret(s)
	in.Actor = subject(s, "ingrid.solheim")
	e := record(s, in, journal.Done)
	tomas := standard(s)
	assert.Empty(t, shows(tomas, e))
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("tomas.herrera")+"/role", `{"role":"admin"}`)
	assert.Contains(t, tomas.Get("/activity").Body, "Secret Society")
	assert.Contains(t, tomas.Get("/activity/"+e.ID).Body, "Secret Society")
	s.Elsewhere(http.MethodPut, "/users/"+s.ID("tomas.herrera")+"/role", `{"role":"standard"}`)
	assert.Empty(t, shows(tomas, e))
}

func TestOtherOrganisationsSeeNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.SignedIn(t, sitetest.Options{})
	e := record(s, secret(s), journal.Done)
	paths := everywhere(s, e)
	s.Get("/organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	s.Org = s.Sandbox.OtherOrgID()
	for _, path := range paths {
		assert.NotContains(t, s.Get(path).Body, "Secret Society", path)
	}
	s.Get("/activity/" + e.ID).Whole(http.StatusNotFound)
	assert.Contains(t, s.Get("/activity").Text("main"), "No changes yet")
	assert.Equal(t, []string{"Everybody"}, s.Get("/activity").Texts("select[name=who] option"))

	// A change of the same person there shows there only.
	in := secret(s)
	in.Org = tallyfy.ID(s.Sandbox.OtherOrgID())
	record(s, in, journal.Done)
	assert.Len(t, sentences(s.Get("/activity")), 1)
}

// An entry whose secret is not listed any more is shown as such, and breaks nothing.
func TestChangeThatNoSecretOpens(t *testing.T) {
	t.Parallel()
	db := openStore(t)
	s := sitetest.SignedIn(t, sitetest.Options{Store: db})
	lost, err := store.NewKeys([]byte("a secret that is not listed any more, at all"))
	require.NoError(t, err)
	in := secret(s)
	in.Actor = subject(s, "ingrid.solheim")
	e := recordIn(s, journal.New(db, lost, 400*24*3600e9, 90*24*3600e9, s.App.Now), in, journal.Done)
	record(s, intent(s, "Alpha"), journal.Done)

	const text = "This change can't be read: the secret that sealed it is not listed any more."
	assert.Equal(t, []string{"Maren Dahl deleted the group Alpha. Not checked.", text}, sentences(s.Get("/activity")))
	assert.Equal(t, []string{text}, sentences(s.Get("/activity?who="+in.Actor.ID)))
	assert.Equal(t, []string{text}, sentences(s.Get(s.GroupPath("Finance"))))
	assert.Contains(t, s.Get("/activity").Texts("select[name=who] option"), "Member "+in.Actor.ID)
	rows := file(s, "")
	require.Len(t, rows, 2)
	assert.Equal(t, text, rows[1]["Sentence"])
	assert.Equal(t, in.Actor.ID, rows[1]["By (id)"])
	assert.Equal(t, "done", rows[1]["Outcome"])
	p := s.Get("/activity/" + e.ID).Whole(http.StatusOK)
	assert.Contains(t, p.Text("main .notice"), text)
	assert.Empty(t, p.Link("Check again"))
	assert.NotContains(t, s.Get("/activity/"+e.ID+"?check=again").Body, "Secret Society")
	standard(s).Get("/activity/" + e.ID).Whole(http.StatusNotFound)
}
