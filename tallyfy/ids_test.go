package tallyfy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIDsDecode(t *testing.T) {
	for in, want := range map[string]string{
		`"0a1b2c"`:             "0a1b2c",
		`""`:                   "",
		`"a/b c"`:              "a/b c",
		`null`:                 "",
		`0`:                    "0",
		`1234`:                 "1234",
		`-7`:                   "-7",
		`17.0`:                 "17",
		`9007199254740993`:     "9007199254740993", // 2^53 + 1, which a float64 cannot hold
		`92233720368547758079`: "92233720368547758079",
	} {
		var id ID
		var user UserID
		require.NoError(t, json.Unmarshal([]byte(in), &id), in)
		require.NoError(t, json.Unmarshal([]byte(in), &user), in)
		assert.Equal(t, ID(want), id, in)
		assert.Equal(t, UserID(want), user, in)
	}
	for _, in := range []string{`true`, `{}`, `[]`, `[1]`, `1.5`, `1e3`, `{"id":1}`} {
		var id UserID
		assert.Error(t, json.Unmarshal([]byte(in), &id), in)
	}
}

func TestUserIDEncodesAsNumberWhenItIsOne(t *testing.T) {
	for in, want := range map[UserID]string{
		"0": `0`, "42": `42`, "9007199254740993": `9007199254740993`,
		"007": `"007"`, "-1": `"-1"`, "1.0": `"1.0"`, "1e3": `"1e3"`, "": `""`, "abc": `"abc"`, " 1": `" 1"`, "٣": `"٣"`,
	} {
		out, err := json.Marshal(in)
		require.NoError(t, err)
		assert.Equal(t, want, string(out))
	}
}
