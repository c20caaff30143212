package tallyfy

import (
	"fmt"
)

type groupBody struct {
	Name        string    `json:"name,omitempty"`
	Description string    `json:"description"`
	Members     *[]UserID `json:"members,omitempty"`
	Guests      *[]string `json:"guests,omitempty"`
}

func (g CreateGroupRequest) wire() groupBody {
	return groupBody{
		Name: g.Name, Description: g.Description,
		Members: notNull(&g.Members), Guests: notNull(&g.Guests),
	}
}

func (g UpdateGroupRequest) wire() groupBody {
	return groupBody{
		Name: g.Name, Description: g.Description,
		Members: notNull(g.Members), Guests: notNull(g.Guests),
	}
}

// notNull makes a pointer to a nil list encode as [] instead of null. A nil pointer stays nil.
func notNull[T any](list *[]T) *[]T {
	if list != nil && *list == nil {
		return &[]T{}
	}
	return list
}

// UnmarshalJSON reads a group in any of the contract's shapes: `members` may hold integers, strings or objects with an
// id; `guests` email addresses or (with=guests) objects with an email; either may be wrapped in {"data": …} or null. What
// it cannot read is an error and not left out, because a list is replaced as a whole when a group is changed: a person
// lost in decoding would be a person removed from the group.
func (g *Group) UnmarshalJSON(data []byte) error { return unmarshal(data, g) }

func (g *Group) readFrom(in *input) error {
	*g = Group{}
	if in.kind() == kindNull {
		return in.skip()
	}
	var assets include[Asset]
	var users include[Member]
	err := in.fields(func(name []byte) (err error) {
		switch string(name) {
		case "members":
			g.Members, err = readRefs[UserID](in, "id")
			err = inField("members", err)
		case "guests":
			g.Guests, err = readRefs[string](in, "email")
			err = inField("guests", err)
		case "assets":
			err = assets.readFrom(in)
		case "users":
			err = users.readFrom(in)
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
		case "created_at":
			g.CreatedAt, err = in.time()
		case "last_updated":
			g.LastUpdated, err = in.time()
		default:
			err = in.skip()
		}
		return err
	})
	g.Assets, g.Users = assets.items, users.items
	return err
}

func inField(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
