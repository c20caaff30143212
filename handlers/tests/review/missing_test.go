package review_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// lacking is Tallyfy whose lists of members and groups lack some rows, while they say how many
// there are.
type lacking struct {
	mu      sync.Mutex
	sandbox http.RoundTripper
	ids     []string
}

func (l *lacking) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.sandbox.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/users") && !strings.HasSuffix(r.URL.Path, "/groups") {
		return answer, err
	}
	defer answer.Body.Close()
	var list map[string]json.RawMessage
	var rows []map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(list["data"], &rows); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	rows = slices.DeleteFunc(rows, func(row map[string]any) bool { return slices.Contains(l.ids, fmt.Sprint(row["id"])) })
	if list["data"], err = json.Marshal(rows); err != nil {
		return nil, err
	}
	body, err := json.Marshal(list)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, err
}

// lack lets the lists lack rows from now on.
func (l *lacking) lack(s *sitetest.Site, ids ...string) {
	s.T.Helper()
	l.mu.Lock()
	l.ids = ids
	l.mu.Unlock()
	s.Get("/").Follow("Refresh").Whole(http.StatusOK)
}

func lackingSite(t *testing.T) (*sitetest.Site, *lacking) {
	t.Helper()
	l := &lacking{}
	s := sitetest.New(t, sitetest.Options{Transport: l})
	l.sandbox = s.Sandbox.Transport()
	s.SignIn()
	return s, l
}

// Whoever is missing in a list that could not be read to its end has not left.
func TestWhoCouldNotBeReadHasNotLeft(t *testing.T) {
	t.Parallel()
	s, l := lackingSite(t)
	q := start(s, "soren.kjaergaard", "chiara.dangelo")
	l.lack(s, s.ID("soren.kjaergaard"))
	p := s.Get(q.URL).Whole(http.StatusOK)
	assert.Regexp(t, `\d+ of \d+ members could be read\.`, p.Text(".notice.warning"))
	assert.Equal(t, []string{"To decide 2"}, counts(p))
	assert.Contains(t, p.Text("tbody"), "could not be read")
	for _, page := range []string{"/check", "/receipt"} {
		assert.Regexp(t, `\d+ of \d+ members could be read\.`, s.Get(q.URL+page).Text(".notice.warning"), page)
	}
	p = open(p, "Søren Kjærgaard")
	assert.Regexp(t, `\d+ of \d+ members could be read\.`, p.Text(".notice.warning"))
	assert.Contains(t, p.Text("main"), "Søren Kjærgaard could not be read. Look again.")
	for _, untrue := range []string{"is not in the organisation", "Last sign-in"} {
		assert.NotContains(t, p.Text("main"), untrue)
	}
	p = p.Follow("Look again").Whole(http.StatusOK)
	assert.False(t, p.Has(".notice.warning"), "all that the page needs was read")
	p = p.Form("main form[data-form]").Set("note", "so far").Submit("Not yet").Whole(http.StatusUnprocessableEntity)
	assert.Equal(t, "so far", strings.TrimSpace(p.Text("textarea")), "nothing typed is lost")
	p = p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, p.Text(".notice.done"), "Saved: Søren Kjærgaard, looks right.")
	assert.NotEmpty(t, stored(s, q, "soren.kjaergaard")[0].Groups)

	l.lack(s)
	open(s.Get(q.URL), "Chiara D'Angelo").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	s.Get(q.URL).Form("form[action$=looks]").Submit("Give 1 person to another administrator").Whole(http.StatusOK)
	kwame := asKwame(s)
	l.lack(kwame, s.ID("soren.kjaergaard"), s.ID("chiara.dangelo"))
	p = kwame.Get(q.URL).Follow("Take a second look").Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, p.Text("main"), "1 agrees.")
}

// Somebody whom the list lacks is an administrator if Tallyfy says so.
func TestAnAdministratorWhoCouldNotBeReadMayReview(t *testing.T) {
	t.Parallel()
	s, l := lackingSite(t)
	start(s, "chiara.dangelo")
	l.lack(s, s.ID("maren.dahl"))
	assert.Contains(t, s.Get("/reviews").Whole(http.StatusOK).Text("main"), "Joiners")
	assert.Contains(t, s.Get("/").Text("main"), "not reviewed")
	standard := s.As(t)
	standard.SignInWith(sandbox.StandardToken)
	l.lack(standard, s.ID("tomas.herrera"))
	assert.Equal(t, http.StatusForbidden, standard.Get("/reviews").Status)
}

// An old page does not say that somebody left a group that only could not be read.
func TestAnOldPageSaysThatAGroupMayOnlyBeMissing(t *testing.T) {
	t.Parallel()
	s, l := lackingSite(t)
	f := open(start(s, "chiara.dangelo"), "Chiara D'Angelo").Form("main form[data-form]")
	l.lack(s, s.Group("Payroll").ID)
	p := f.Set("read", strconv.FormatInt(time.Now().Add(-90*time.Minute).UnixMilli(), 10)).Submit("Looks right").Whole(http.StatusConflict)
	assert.Contains(t, p.Text(".notice"), "Chiara D'Angelo may have other groups by now, as not all groups could be read. Look again: this is what was read last.")
}

// A group that could not be read is missing on the page of a person, which says so; another look
// finds it.
func TestAGroupThatCouldNotBeReadIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	s, l := lackingSite(t)
	q := start(s, "chiara.dangelo")
	l.lack(s, s.Group("Payroll").ID)
	p := open(s.Get(q.URL), "Chiara D'Angelo")
	require.NotContains(t, p.Texts(".blocks .name"), "Payroll")
	assert.Regexp(t, `\d+ of \d+ groups could be read\.`, p.Text(".notice.warning"))
	p = p.Follow("Look again").Whole(http.StatusOK)
	assert.Contains(t, p.Texts(".blocks .name"), "Payroll")
	p.Form("main form[data-form]").Submit("Looks right").Whole(http.StatusOK)
	var before []string
	for _, g := range stored(s, q, "chiara.dangelo")[0].Groups {
		before = append(before, g.Name)
	}
	assert.Contains(t, before, "Payroll")
	const short = "1 decision was made when not all groups could be read."
	assert.NotContains(t, s.Get(q.URL+"/receipt").Text("main"), short)
	form := open(s.Get(q.URL), "Chiara D'Angelo").Form("main form[data-form]")
	l.lack(s) // what the form has shown counts, and not what is known when it arrives
	form.Submit("Looks right").Whole(http.StatusOK)
	assert.Contains(t, s.Get(q.URL+"/receipt").Text("main"), short, "the record says so for good")
}
