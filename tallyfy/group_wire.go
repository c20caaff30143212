package tallyfy

import (
	"encoding/json"
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
func (g *Group) UnmarshalJSON(data []byte) error {
	var w struct {
		ID          ID              `json:"id"`
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Logo        string          `json:"logo"`
		Members     json.RawMessage `json:"members"`
		Guests      json.RawMessage `json:"guests"`
		CreatedAt   Time            `json:"created_at"`
		LastUpdated Time            `json:"last_updated"`
		Assets      include[Asset]  `json:"assets"`
		Users       include[Member] `json:"users"`
	}
	if err := decode(data, &w); err != nil {
		return err
	}
	members, err := decodeRefs(w.Members, "id")
	if err != nil {
		return fmt.Errorf("members: %w", err)
	}
	guests, err := decodeRefs(w.Guests, "email")
	if err != nil {
		return fmt.Errorf("guests: %w", err)
	}
	*g = Group{
		ID: w.ID, Name: w.Name, Description: w.Description, Logo: w.Logo,
		Guests: guests, CreatedAt: w.CreatedAt, LastUpdated: w.LastUpdated,
		Assets: w.Assets.items, Users: w.Users.items,
	}
	for _, id := range members {
		g.Members = append(g.Members, UserID(id))
	}
	return nil
}
