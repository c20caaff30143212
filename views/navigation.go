package views

import "github.com/a-h/templ"

// navigation is what stands beside every page for somebody who is signed in. It is written as the rows are, for it is on every
// page, and each expression of a template is two allocations.
func navigation(p Page) templ.Component {
	return written(func(m *markup) {
		m.raw(`<header class="side">`)
		m.brand(p)
		m.raw(`<div><p class="organisation">Organisation <strong dir="auto">`)
		m.text(p.Account.Organisation)
		m.raw(`</strong></p><a href="`)
		m.text(p.URL.Organisations())
		m.raw(`" class="small">Switch</a></div><nav class="menu" aria-label="Main"><ul>`)
		m.menuItem("Groups", p.URL.Groups(), p.Section == SectionGroups)
		m.menuItem("Members", p.URL.Members(), p.Section == SectionMembers)
		m.raw(`</ul></nav><div class="account"><p class="who">Signed in as <strong dir="auto">`)
		m.text(p.Account.Name)
		m.raw(`</strong> `)
		m.text(p.Account.Email)
		m.raw(`</p>`)
		m.tokenEnd(p)
		m.raw(`<div class="account-actions"><form method="post" action="`)
		m.text(p.URL.SignOut())
		m.raw(`"><button class="button quiet" type="submit" data-busy="Signing out…">Sign out</button></form><a class="button quiet" href="`)
		m.text(p.URL.Keys())
		m.raw(`" data-keys>Keys</a></div></div></header>`)
	})
}

// brand is the name with its mark, which stands within the page: as a file of its own it was one more document to lay out before
// anything was drawn.
func brand(p Page) templ.Component { return written(func(m *markup) { m.brand(p) }) }

func (m *markup) brand(p Page) {
	m.raw(`<a class="brand" href="`)
	m.text(p.URL.Home())
	m.raw(`">`)
	m.raw(p.Assets.Inline("icons/mark.svg"))
	m.raw(` Tallyfy admin</a>`)
}

func (m *markup) menuItem(text, url string, current bool) {
	m.raw(`<li><a href="`)
	m.text(url)
	if current {
		m.raw(`" aria-current="page`)
	}
	m.raw(`">`)
	m.text(text)
	m.raw(`</a></li>`)
}

// tokenEnd says when Tallyfy will ask to sign in again, and stands out when that is soon.
func (m *markup) tokenEnd(p Page) {
	ends := p.Account.TokenEnds
	if ends.IsZero() {
		return
	}
	class := "small muted"
	if p.endsSoon() {
		class = "small soon"
	}
	m.raw(`<p class="` + class + `">Tallyfy sign-in ends <time datetime="` + p.Clock.Machine(ends) + `" data-exact="`)
	m.text(p.Clock.Exact(ends))
	m.raw(`">`)
	m.text(p.tokenEndsOn())
	m.raw(`</time></p>`)
}
