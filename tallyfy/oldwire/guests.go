package oldwire

// Guest is a person outside the organisation. The API's `link` is a secret sign-in link: it is not decoded at all, so
// that it can be neither shown nor logged.
type Guest struct {
	ID             ID
	Email          string
	FirstName      string
	LastName       string
	Company        string // details.company_name
	Status         string // details.status
	CreatedAt      Time
	LastAccessedAt Time
	DeletedAt      Time
}

func (g *Guest) identity() string { return string(g.ID) }

// UnmarshalJSON reads a guest. `details` may be wrapped like an include, null or missing.
func (g *Guest) UnmarshalJSON(data []byte) error {
	type details struct {
		Status  string   `json:"status"`
		Company flexText `json:"company_name"`
	}
	var w struct {
		ID             ID               `json:"id"`
		Email          string           `json:"email"`
		FirstName      string           `json:"first_name"`
		LastName       string           `json:"last_name"`
		CreatedAt      Time             `json:"created_at"`
		LastAccessedAt Time             `json:"last_accessed_at"`
		DeletedAt      Time             `json:"deleted_at"`
		Details        include[details] `json:"details"`
	}
	if err := decode(data, &w); err != nil {
		return err
	}
	*g = Guest{
		ID: w.ID, Email: w.Email, FirstName: w.FirstName, LastName: w.LastName,
		CreatedAt: w.CreatedAt, LastAccessedAt: w.LastAccessedAt, DeletedAt: w.DeletedAt,
	}
	if len(w.Details.items) > 0 {
		g.Company, g.Status = string(w.Details.items[0].Company), w.Details.items[0].Status
	}
	return nil
}
