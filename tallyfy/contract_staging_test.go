//go:build staging

package tallyfy_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy"
)

// TestContractStaging runs the contract suite against a real service:
//
//	TALLYFY_STAGING_URL=https://… TALLYFY_STAGING_TOKEN=… TALLYFY_STAGING_ORG=… \
//	    go test -tags staging -run TestContractStaging ./tallyfy
//
// All three are required: nothing is guessed about which organisation may be written to. The suite makes groups whose
// names begin with "tallyfy-admin contract", and deletes those. TALLYFY_STAGING_MEMBER, when set, is the id of a member
// who is removed, with their open work going to the token's owner, and let in again, which puts them back in their groups.
func TestContractStaging(t *testing.T) {
	variable := func(name string) string {
		value := os.Getenv(name)
		require.NotEmpty(t, value, name+" must be set")
		return value
	}
	client, err := tallyfy.New(tallyfy.Options{BaseURL: variable("TALLYFY_STAGING_URL"), UserAgent: "tallyfy-admin contract suite"})
	require.NoError(t, err)
	runContract(t, &service{
		client:    client.WithToken(variable("TALLYFY_STAGING_TOKEN")),
		org:       tallyfy.ID(variable("TALLYFY_STAGING_ORG")),
		removable: tallyfy.UserID(os.Getenv("TALLYFY_STAGING_MEMBER")),
	})
}
