package views

import "time"

// kitGroups has a group of each kind that a plan tells apart.
var kitGroups = []GroupLeft{
	{ID: "a", Name: "Payroll", Left: "Nobody", Warn: true},
	{ID: "b", Name: "Finance", Left: "No members, only 2 guests", Warn: true},
	{ID: "c", Name: "Operations", Left: "12 members, 3 guests"},
	{ID: "d", Name: "Quality"},
}

// kitPicker has people of each kind chosen, and people found.
var kitPicker = PeoplePicker{
	Query: "an", Text: "an", Matching: 12,
	Chosen: []Pick{
		{Name: "members", Value: "1", Title: "Noor van der Meer", Email: "noor@example.com", Kind: "member"},
		{Name: "guests", Value: "new@x.example", Title: "new@x.example", Kind: "new guest"},
		{Name: "members", Value: "9", Title: "Member 9", Kind: "not known"},
	},
	Found: []Pick{
		{Name: "members", Value: "2", Kind: "member", Person: Person{ID: "2", Name: "Anna Kowalska", Email: "anna@example.com", Role: "Standard", Status: Status{Text: "Active"}}},
		{Name: "members", Value: "3", Kind: "member", Person: Person{ID: "3", Name: "Fatou N'Diaye", Email: "fatou@example.com", Role: "Light", Status: Status{Text: "Invited", Badge: "warn"}}},
		{Name: "guests", Value: "jan@y.example", Title: "Jan", Kind: "guest"},
	},
}

// kitMatrix has boxes of each state: ticked, not, changed, and none for who can't be added.
var kitMatrix = AccessPage{
	Columns: []AccessColumn{{ID: "a", Name: "Payroll", Members: 2}, {ID: "c", Name: "Operations", Members: 12}},
	Rows: []AccessRow{
		{Person: Person{ID: "1", Name: "Noor van der Meer", Status: Status{Text: "Active"}}, In: []bool{true, false}, Changed: []bool{false, false}, CanJoin: true, Count: 1},
		{Person: Person{ID: "2", Name: "Anna Kowalska", Email: "anna@example.com", Status: Status{Text: "Active"}}, Namesake: true, In: []bool{false, true}, Changed: []bool{true, true}, CanJoin: true, Count: 3},
		{Person: Person{ID: "4", Name: "Gareth Pugh", Status: Status{Text: "Disabled", Badge: "bad"}}, In: []bool{true, false}, Changed: []bool{false, false}, Count: 1},
	},
	Pager: Pager{Total: 3}, Edit: &AccessEdit{Changes: 2},
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
