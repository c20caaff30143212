package views

// SearchPage is what a search found.
type SearchPage struct {
	Query string
	// Missing says what the copies lack, "" if nothing.
	Missing string
	// Members, Groups and Guests are the first that match, of so many.
	Members                          []Person
	Groups                           []GroupRow
	Guests                           []GuestRow
	AllMembers, AllGroups, AllGuests int
}

func (v SearchPage) nothing() bool { return v.Query != "" && v.AllMembers+v.AllGroups+v.AllGuests == 0 }
