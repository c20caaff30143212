package views

import "time"

// kitGroups has a group of each kind that a plan tells apart.
var kitGroups = []GroupLeft{
	{ID: "a", Name: "Payroll", Left: "Nobody", Warn: true},
	{ID: "b", Name: "Finance", Left: "No members, only 2 guests", Warn: true},
	{ID: "c", Name: "Operations", Left: "12 members, 3 guests"},
	{ID: "d", Name: "Quality"},
}

// kitToken is the page of the person if the sign-in at Tallyfy ended in so many days.
func (p Page) kitToken(days int) Page {
	account := *p.Account
	account.TokenEnds = p.Clock.Now.AddDate(0, 0, days).Add(time.Minute)
	p.Account = &account
	return p
}

// kitRole is the page of a person who can do that much.
func (p Page) kitRole(can Rights) Page {
	p.Can = can
	return p
}
