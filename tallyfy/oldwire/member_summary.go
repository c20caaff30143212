package oldwire

// MemberSummary is a member with no more of their groups than a list shows. Every one of a member's groups brings the ids
// of everybody in it, which for large groups is most of the answer; here they are skipped.
type MemberSummary struct {
	// Member is without Groups, whatever was asked for.
	Member
	// In are the member's groups, only with=groups; as they come, a group may be in it twice.
	In []GroupName
	// InKnown tells "in no group" from "not asked for".
	InKnown bool
}

// GroupName is a group that is only named.
type GroupName struct {
	ID   ID
	Name string
}

// usualGroups is room for the groups that most members are in.
const usualGroups = 6

func (m *MemberSummary) readFrom(in *input) error {
	m.In, m.InKnown = nil, false
	return m.read(in, func() error {
		groups := include[GroupName]{items: make([]GroupName, 0, usualGroups)}
		err := groups.readFrom(in)
		m.In, m.InKnown = noneIfEmpty(groups.items), true
		return err
	})
}

// UnmarshalJSON is here so that the one of [Member] is not taken for it.
func (m *MemberSummary) UnmarshalJSON(data []byte) error { return unmarshal(data, m) }

func (g *GroupName) readFrom(in *input) error {
	*g = GroupName{}
	return in.fields(func(name []byte) (err error) {
		switch string(name) {
		case "id":
			var id string
			id, err = in.id()
			g.ID = ID(id)
		case "name":
			g.Name, err = in.text()
		default:
			err = in.skip()
		}
		return err
	})
}
