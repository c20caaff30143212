package site_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/sitetest"
)

// up follows the link above the heading.
func up(p *sitetest.Page) *sitetest.Page {
	href, _ := p.Find(".breadcrumb a").Last().Attr("href")
	return p.Site.Get(strings.TrimPrefix(href, p.Site.Base))
}

// From what is done with a row one comes back to the list that one came from.
func TestTheWayBackToTheList(t *testing.T) {
	for _, base := range []string{"", "/tools/tallyfy"} {
		const groups, members = "/groups?page=3&per_page=10", "/members?page=2&per_page=10&role=standard&status=active"
		for name, test := range map[string]struct {
			list string
			walk func(*sitetest.Page) *sitetest.Page
		}{
			"deleting": {groups, func(p *sitetest.Page) *sitetest.Page {
				return p.Follow("Works Council").Follow("Delete this group…").Form("main form").Submit("")
			}},
			"deleting what is gone": {groups, func(p *sitetest.Page) *sitetest.Page {
				p = p.Follow("Works Council").Follow("Delete this group…")
				p.Site.Elsewhere(http.MethodDelete, p.Site.GroupPath("Works Council"), "")
				return p.Form("main form").Submit("")
			}},
			"keeping a group": {groups, func(p *sitetest.Page) *sitetest.Page {
				return p.Follow("Works Council").Follow("Delete this group…").Follow("Keep the group")
			}},
			"a group by its page": {groups, func(p *sitetest.Page) *sitetest.Page {
				return up(p.Follow("Works Council").Follow("Delete this group…").Follow("Works Council"))
			}},
			"removing": {members, func(p *sitetest.Page) *sitetest.Page {
				name := p.Texts("tbody a.name")[0]
				p = p.Follow(name).Follow("Remove from the organisation…").Follow("Next: choose who takes over").Form("main form").Set("to", "leave").Submit("Show the plan")
				return p.Form("main form").Submit("").Follow("Check again").Follow("All members")
			}},
			"keeping a member": {members, func(p *sitetest.Page) *sitetest.Page {
				name := p.Texts("tbody a.name")[0]
				return p.Follow(name).Follow("Remove from the organisation…").Follow("Cancel")
			}},
			"a member by every step back": {members, func(p *sitetest.Page) *sitetest.Page {
				name := p.Texts("tbody a.name")[0]
				p = p.Follow(name).Follow("Remove from the organisation…").Follow("Next: choose who takes over").Form("main form").Set("to", "leave").Submit("Show the plan")
				return up(up(p.Follow("Back").Follow("Back")))
			}},
			"staying":                    {members, func(p *sitetest.Page) *sitetest.Page { return p.Follow("All organisations").Follow("Cancel") }},
			"staying, from the overview": {"/", func(p *sitetest.Page) *sitetest.Page { return p.Follow("All organisations").Follow("Cancel") }},
			"staying, from the guests":   {"/guests?q=annika", func(p *sitetest.Page) *sitetest.Page { return p.Follow("All organisations").Follow("Cancel") }},
			"staying, from the changes":  {"/activity?made=here", func(p *sitetest.Page) *sitetest.Page { return p.Follow("All organisations").Follow("Cancel") }},
			"staying, from a group": {groups, func(p *sitetest.Page) *sitetest.Page {
				return p.Follow("Works Council").Follow("Delete this group…").Follow("All organisations").Follow("Cancel")
			}},
		} {
			t.Run(name+base, func(t *testing.T) {
				t.Parallel()
				s := sitetest.SignedIn(t, sitetest.Options{Base: base})
				assert.Equal(t, test.list, test.walk(s.Get(test.list)).URL)
			})
		}
	}
	s := sitetest.SignedIn(t, sitetest.Options{})
	const list = "/members?role=admin&sort=email"
	p := s.Get(list).Follow("All organisations").Form("main form:has([name=organization])").Set("organization", s.Sandbox.OtherOrgID()).Submit("")
	assert.Equal(t, "/o/"+s.Sandbox.OtherOrgID()+"/", p.URL, "a list's filters may mean nothing there")
	assert.Equal(t, list, s.Get(list).URL, "and the tab before stays where it was")
	p = s.Post("/organisations", map[string][]string{"organization": {s.Sandbox.OrgID()}, "next": {"//evil.example/"}})
	assert.Equal(t, "/", p.URL)
}
