package tallyfy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Fields whose kind differs between samples, as each of the small types reads them.
func TestScalars(t *testing.T) {
	type scalars struct {
		Int  Int
		Text Text
		Flag flag
	}
	yes, no := flag{known: true, value: true}, flag{known: true}
	for in, want := range map[string]scalars{
		`5`:                      {Int: 5, Text: "5"},
		`"5"`:                    {Int: 5, Text: "5"},
		`-7`:                     {Int: -7, Text: "-7"},
		`12.0`:                   {Int: 12, Text: "12.0"},
		`2.5`:                    {Text: "2.5"},
		`1e2`:                    {Text: "1e2"},
		`99999999999999999999`:   {Text: "99999999999999999999"},
		`"many"`:                 {Text: "many"},
		`"\u0041\ud800"`:         {Text: "A\uFFFD"},
		`1`:                      {Int: 1, Text: "1", Flag: yes},
		`"1"`:                    {Int: 1, Text: "1", Flag: yes},
		`0`:                      {Text: "0", Flag: no},
		`"0"`:                    {Text: "0", Flag: no},
		`true`:                   {Flag: yes},
		`"TRUE"`:                 {Text: "TRUE", Flag: yes},
		`false`:                  {Flag: no},
		`"false"`:                {Text: "false", Flag: no},
		`null`:                   {},
		`""`:                     {},
		`[1]`:                    {},
		`{"total":1,"a":[true]}`: {},
	} {
		got := scalars{9, "before", yes} // must be overwritten
		require.NoError(t, unmarshal([]byte(`{"int":`+in+`,"text":`+in+`,"flag":`+in+`}`), &got), in)
		assert.Equal(t, want, got, in)
	}
}

// A single value in a list of one, as the activity has it, and bare.
func TestFirstText(t *testing.T) {
	for in, want := range map[string]FirstText{
		`["updated"]`: "updated", `"updated"`: "updated", `[7]`: "7", `7`: "7", `[ "a" , "b" ]`: "a", `["\u0041"]`: "A",
		`[]`: "", `null`: "", `[null]`: "", `""`: "", `{}`: "", `[["a"]]`: "", `[{"id":1}]`: "", `true`: "", `{"data":["a"]}`: "",
	} {
		got := struct{ Verb FirstText }{"before"} // must be overwritten
		require.NoError(t, unmarshal([]byte(`{"verb":`+in+`}`), &got), in)
		assert.Equal(t, want, got.Verb, in)
	}
}
