package oldwire

// Group is a named set of members and guests.
type Group struct {
	ID          ID
	Name        string // at most 200 characters, unique in the organisation (documented)
	Description string
	// Logo is a URL, "" for none. It may point at the API's own host (see [FilesService.OpenURL]) or at any other.
	Logo string
	// Members are user ids in the API's order, without duplicates. An id may no longer resolve to a member.
	Members []UserID
	// Guests are email addresses in the API's order, without duplicates (in any letter case).
	Guests      []string
	CreatedAt   Time
	LastUpdated Time
	Assets      []Asset // only with=assets: the logo's file record
	Users       []User  // only with=users
}

func (g *Group) identity() string { return string(g.ID) }
