package oldwire

import (
	"fmt"
)

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
	var users include[User] // include[Member] before: a member here has no groups of its own now
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
