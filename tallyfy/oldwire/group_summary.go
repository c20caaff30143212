package oldwire

// GroupSummary is a group as a list shows it: its people counted, not named. Its texts share memory with those of the
// whole page; use [strings.Clone] for one that is kept for long.
type GroupSummary struct {
	ID          ID
	Name        string
	Description string
	Logo        string // as [Group.Logo]
	Members     int    // how many [Group.Members] would hold
	Guests      int    // how many [Group.Guests] would hold
	CreatedAt   Time
	LastUpdated Time
}

func (g *GroupSummary) identity() string { return string(g.ID) }

func (g *GroupSummary) readFrom(in *input) error {
	*g = GroupSummary{}
	if in.kind() == kindNull {
		return in.skip()
	}
	return in.fields(func(name []byte) (err error) {
		switch string(name) {
		case "id":
			var id string
			id, err = in.id()
			g.ID = ID(id)
		case "name":
			g.Name, err = in.text()
		case "description":
			g.Description, err = in.text()
		case "logo":
			g.Logo, err = in.text()
		case "members":
			g.Members, err = countRefs(in, "id")
			err = inField("members", err)
		case "guests":
			g.Guests, err = countRefs(in, "email")
			err = inField("guests", err)
		case "created_at":
			g.CreatedAt, err = in.time()
		case "last_updated":
			g.LastUpdated, err = in.time()
		default:
			err = in.skip()
		}
		return err
	})
}
