package views

// SearchPage is what a search found.
type SearchPage struct {
	Query string
	// Searched says that there was something to look for.
	Searched bool
	// Missing says what the copies lack, "" if nothing.
	Missing string
	// Members and Groups are the first that match, of AllMembers and AllGroups.
	Members               []Person
	Groups                []GroupRow
	AllMembers, AllGroups int
}

func (v SearchPage) nothing() bool { return v.Searched && v.AllMembers+v.AllGroups == 0 }
