//go:build speed

package speed_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/sitetest"
	"tallyfy-admin/tallyfy/sandbox"
)

// reviewSteps compares a step of a review of 500 people with one of a review of 20, with an empty
// list, and with a page that reads nothing, in one session. Two thirds of the people are decided.
func reviewSteps(t *testing.T, tb *table) {
	a, _ := startSandbox(t, "--sandbox-members", "800")
	p := startProgram(t, a)
	i := &installation{Program: p, api: a, cookie: signIn(t, p, sandbox.AdminToken)}
	s := i.visitor()
	i.copy(t, i.cookie)
	var people []string
	for _, m := range strings.Split(s.Get("/members.csv").Body, "\n") {
		if cells := strings.Split(m, ","); len(cells) > 3 && cells[2] == "Standard" && cells[3] == "Active" {
			people = append(people, cells[1])
		}
	}
	require.GreaterOrEqual(t, len(people), 500)
	small, large := decidedSteps(t, s, people[:20]), decidedSteps(t, s, people[:500])
	ask := func(path, holds string) sampler { // as somebody comes to it who has just seen another page
		a := pageAt(p, path, i.cookie, holds)
		a.request = bytes.Replace(a.request, []byte("Cache-Control: no-cache\r\n"), nil, 1)
		return newSampler(t, a)
	}
	steps := []sampler{ask(large[250], " of 500"), ask(small[10], " of 20"), ask("/jobs", "</html>"), ask("/help", "</html>")}
	times := make([][]time.Duration, len(steps))
	for began := time.Now(); time.Since(began) < time.Duration(rounds)*turn; {
		for n, step := range steps {
			times[n] = append(times[n], step.once(t))
		}
	}
	each := func(n int) float64 { return milliseconds(median(times[n])) }
	note := fmt.Sprintf(" (%.2f of %.2f ms)", each(0), each(1))
	tb.most("step of a review of 500 people over one of 20", "", 1.3, each(0)/each(1), note)
	tb.most("step of a review of 500 people over an empty page, the list of no jobs", "", 1.3, each(0)/each(2),
		fmt.Sprintf(" (%.2f of %.2f ms; over the page of help, which reads nothing, %.2f)", each(0), each(2), each(0)/each(3)))

	var posts [2][]time.Duration
	for n := range 60 {
		for k, review := range [][]string{large, small} {
			r := s.Request(http.MethodPost, review[n%20], url.Values{"decision": {"ask"}, "note": {"why?"}, "base": {base(s, review[n%20])}})
			began := time.Now()
			answer := s.Once(r)
			posts[k] = append(posts[k], time.Since(began))
			require.Equal(t, http.StatusSeeOther, answer.Status)
		}
	}
	tb.most("decision in a review of 500 people over one of 20", "", 1.3, float64(median(posts[0]))/float64(median(posts[1])), fmt.Sprintf(" (%.2f of %.2f ms)", milliseconds(median(posts[0])), milliseconds(median(posts[1]))))
}

func base(s *sitetest.Site, step string) string {
	return s.Get(step).Find("[name=base]").AttrOr("value", "")
}

// decidedSteps starts a review of people, decides two thirds of them, and gives the addresses of all steps.
func decidedSteps(t *testing.T, s *sitetest.Site, emails []string) (steps []string) {
	t.Helper()
	p := s.Post("/reviews", url.Values{"name": {"Speed"}, "who": {"text"}, "text": {strings.Join(emails, "\n")}})
	require.Equal(t, http.StatusOK, p.Status, p.Text("main"))
	for {
		for _, a := range p.Find("tbody .name").EachIter() {
			steps = append(steps, a.AttrOr("href", ""))
		}
		next := p.Find(".pager [rel=next]")
		if next.Length() == 0 {
			break
		}
		p = s.Get(next.AttrOr("href", ""))
	}
	require.Len(t, steps, len(emails))
	for n, step := range steps {
		if n%3 > 0 {
			require.Equal(t, http.StatusOK, s.Post(step, url.Values{"decision": {"right"}, "base": {"0"}, "note": {"fine"}}).Status)
		}
	}
	return slices.Clip(steps)
}
