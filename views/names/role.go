package names

import "tallyfy-admin/tallyfy"

// Role is a role as Tallyfy's own pages write it. One that is not known here stays as it is.
func Role(r tallyfy.Role) string {
	switch r {
	case tallyfy.RoleAdmin:
		return "Administrator"
	case tallyfy.RoleStandard:
		return "Standard"
	case tallyfy.RoleLight:
		return "Light"
	}
	return Neutral(string(r))
}
