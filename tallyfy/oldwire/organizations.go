package oldwire

// User is the person whose token signs the calls.
type User struct {
	ID        UserID `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Timezone  string `json:"timezone"`
}

func (u *User) identity() string { return string(u.ID) }

// Organization is a Tallyfy organisation.
type Organization struct {
	ID        ID     `json:"id"`
	Name      string `json:"name"`
	CreatedAt Time   `json:"created_at"`
}

func (o *Organization) identity() string { return string(o.ID) }
