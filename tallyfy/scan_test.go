package tallyfy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func scanSeeds() []string {
	seeds := []string{
		`{"data":[{"id":"0a1b","name":"A","description":null,"logo":"http:\/\/x","members":[1,2,30],"guests":["a@x.test"],"created_at":"2023-01-15T09:00:00.000Z",
			"last_updated":"2025-01-15 10:30:00","assets":{"data":[]}}],"meta":{"pagination":{"total":1,"links":[]}},"error":false}`,
		`{"x":[{"a":[[],{},[{}]]},-0.5e+10,true,false,null,"\u00e9\ud83c\udf89\ud800"], "Data" : [ null , {"Id":17.0, "N\u0061me":"\t"} ] }`,
		`[{"id":1,"members":[1,2,3],"guests":[]},{"members":[3,2,1,1],"guests":["a","A","b",null,{"email":"c"}]},{"members":{"data":[{"id":7}]}}]`,
		`[{"members":[1234567,12345678,123456789012345678901],"guests":[0,00]}]`, `[{"members":[ 1,2]},{"members":[1 ,2]},{"members":[0,1]},{"members":[-1,1]}]        `,
		`{"data":[],"data":[{"id":"last"}],"x":1}`, `{"data":{}}`, `{"data":null}`, `{}`, `[]`, `[ ]`, `{ }`, ``, ` `, `null`, `nul`, `{"error":"1"}`, `[null]`, `[[]]`, `[{"name":"a"} {"name":"b"}]`,
		`tru`, `trues`, `-`, `-0`, `01`, `1.`, `.5`, `1e`, `1e+`, `1E-5`, `+1`, `1.0e5x`, `"a`, `"\`, `"\u`, `"\u00e`, `"\u00eg"`, `"\x"`, "\"\x1f\"", "\"\x7f\xff\"", "\"\n\"", `"a" b`,
		`[1,]`, `[,1]`, `[1 2]`, `[1}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{1:1}`, `{"a":1]`, `{"a":1 "b":2}`, "\ufeff[]", "[]\x00", "[\v]",
		"\"2023-01-15T09:00:00.123456789Z\"", `"2024-02-29T23:59:59-11:30"`, `"2023-02-29 00:00:00"`, `"2023-01-15T09:00:00+24:00"`,
	}
	return seeds
}

// What the scanner takes eight bytes at a time it must take like one at a time, wherever the odd byte stands.
func TestScanAgreesAtEveryPlace(t *testing.T) {
	for _, seed := range scanSeeds() {
		agree(t, []byte(seed))
		for i := range seed {
			agree(t, []byte(seed[:i]))
			agree(t, []byte(seed[:i]+seed[i+1:]))
		}
	}
	for c := range 256 {
		for at := range 18 {
			text := strings.Repeat("x", at) + string([]byte{byte(c)}) + "yÿy"
			agree(t, []byte(`"`+text+`"`))
			agree(t, []byte(`[{"name":"`+text+`","`+text+`":0,"id":"`+text+`"}]         `))
			agree(t, []byte(`[{"members":[1,22,333`+text[at:at+1]+`4444],"guests":[`+strings.Repeat("1", at)+text[at:at+1]+`]}]         `))
		}
	}
	for _, escape := range []string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0041`, `\uD83C\uDF89`, `\ud83c\u0041`, `\udf89\ud83c`, `\uFFFD\uabcd`, `\ud83c\`, `\ud83cu0041`, `\a`, `\U0041`, `\u 041`} {
		for at := range 10 {
			agree(t, []byte(`"`+strings.Repeat("x", at)+escape+`"`))
			agree(t, []byte(`"`+strings.Repeat("x", at)+escape+"\xffé"+escape+`yyyyyyyy"`))
			agree(t, []byte(`[{"`+strings.Repeat("x", at)+escape+`":"`+escape+`"}]`))
		}
	}
}

// Ids of every length, ascending or not, and in a body that ends soon.
func TestScanCountsIDs(t *testing.T) {
	numbers := []string{"0", "1", "9", "10", "99", "100", "999", "9999999", "10000000", "12345678", "99999999", "100000000", "18446744073709551616", "00", "01", "-1", "1.0", " 1", "1 "}
	for _, space := range []string{"", strings.Repeat(" ", 20)} {
		for _, a := range numbers {
			agree(t, []byte(`[{"members":[`+a+`]}]`+space))
			for _, b := range numbers {
				agree(t, []byte(`[{"members":[`+a+`,`+b+`],"guests":[5,`+b+`,`+a+`]}]`+space))
				agree(t, []byte(`[{"members":[`+b+`,`+a+`,`+a+`,`+b+`]}]`+space))
			}
		}
	}
	for i := range 100 {
		end, count, ascending := skipIDs([]byte(fmt.Sprintf("[1,22,%d]        ", i)), 0)
		if i < 10 {
			assert.Equal(t, [2]int{8, 3}, [2]int{end, count})
		}
		assert.Equal(t, i > 22, ascending, i)
	}
}

func TestScanBoundsDepth(t *testing.T) {
	for _, levels := range []int{maxDepth - 3, maxDepth - 2, maxDepth - 1, maxDepth, maxDepth + 1} {
		lists, objects := strings.Repeat("[", levels)+strings.Repeat("]", levels), strings.Repeat(`{"a":`, levels)+"0"+strings.Repeat("}", levels)
		for _, deep := range []string{lists, objects} {
			agree(t, []byte(deep))
			agree(t, []byte(`[{"unknown":`+deep+`}]`))
			agree(t, []byte(`{"data":[{"unknown":`+deep+`}]}`))
			agree(t, []byte(`{"x":[[]],"y":{"z":{}},"data":[{}],"meta":`+deep+`}`))
		}
	}
	in := newInput([]byte(strings.Repeat("[", maxDepth+1)))
	defer in.release()
	var open func() error
	open = func() error { return in.list(open) }
	var broken *syntaxError
	require.ErrorAs(t, open(), &broken)
	assert.Equal(t, maxDepth, broken.at)
}

// Depth is of what is inside each other, not of what comes one after the other, whatever has looked ahead.
func TestScanCountsNoDepthInARow(t *testing.T) {
	for _, row := range []string{`{"groups":{"data":[{"id":"g"}]}}`, `{"groups":{"id":"g"}}`, `{"groups":{}}`, `{"groups":[{}],"stats":{"data":{}}}`, `{"x":[[]],"y":{"z":[{}]}}`} {
		p, err := decodeList[MemberSummary]([]byte(`{"data":[` + strings.Repeat(row+",", maxDepth) + row + `]}`))
		require.NoError(t, err, row)
		assert.Len(t, p.Items, maxDepth+1)
	}
}

// An answer's errors say where, and nothing of what is there.
func TestScanSaysWhere(t *testing.T) {
	for body, want := range map[string]string{
		`{"data":[{"id":"g","x":tru}]}`: "no JSON, or nested too deep, at byte 23",
		`{"data":[{"id":"g","x"`:        "the JSON is cut off after 22 bytes",
		`{"data":[{"id":"g"}{}]}`:       "no JSON, or nested too deep, at byte 19",
	} {
		_, err := decodeList[GroupSummary]([]byte(body))
		assert.EqualError(t, err, want, body)
	}
}

// quickTime knows the forms that the API sends, and says of all others that it does not, or the same as parseTime.
func TestQuickTime(t *testing.T) {
	for _, text := range []string{
		"2023-01-15T09:00:00Z", "2023-01-15T09:00:00.000Z", "2023-01-15T09:00:00.000000Z", "2023-01-15T09:00:00.123456Z", "2023-01-15T09:00:00+00:00",
		"2023-01-15T11:00:00+02:00", "2023-01-15T03:30:00.5-05:30", "2023-01-15 09:00:00", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "0002-01-01T00:00:00Z", "9998-12-31T23:59:59-23:59",
	} {
		got, ok := quickTime([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, parseTime(text), got, text)
	}
	for _, text := range []string{
		"", "2023-01-15", "2023-01-15T09:00:00", "2023-01-15T09:00:00+0000", "2023-01-15 09:00:00Z", "2023-00-15T09:00:00Z", "2023-13-15T09:00:00Z", "2023-01-00T09:00:00Z",
		"2023-01-32T09:00:00Z", "2023-02-29T09:00:00Z", "1900-02-29T09:00:00Z", "2023-04-31T09:00:00Z", "2023-01-15T24:00:00Z", "2023-01-15T09:60:00Z", "2023-01-15T09:00:60Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
		"2023-01-15t09:00:00Z", "2023-01-15T09:00:00z", "2023-01-15T09:00:00.Z", "2023-01-15T09:00:00.1234567890Z", "2023-01-15T09:00:00,5Z", "2023-01-15T09:00:00+24:00", "2023-01-15T09:00:00+00:60", "2023-01-15T09:00:00+00:00x",
		"202x-01-15T09:00:00Z", "x023-01-15T09:00:00Z", "2023-1x-15T09:00:00Z", "2023-01-x5T09:00:00Z", "2023-01-15Tx9:00:00Z", "2023-01-15T09:0x:00Z", "2023-01-15T09:00:0xZ", "2023-01-15T09:00:00+0x:00", "2023-01-15T09:00:00+00:x0", "2023-01-15T09:00:00",
		"2023/01-15T09:00:00Z", "2023-01/15T09:00:00Z", "2023-01-15T09.00:00Z", "2023-01-15T09:00.00Z", "2023-01-15T09:00:00*00:00", "2023-01-15T09:00:00+00.00",
	} {
		_, ok := quickTime([]byte(text))
		assert.False(t, ok, text)
	}
	// Every day of more than 800 years, which is two rounds of the calendar.
	for day := time.Date(1600, 1, 1, 23, 59, 59, 0, time.UTC); day.Year() < 2410; day = day.AddDate(0, 0, 1) {
		got, _ := quickTime([]byte(day.Format(time.RFC3339)))
		require.Equal(t, Time{day}, got)
	}
}
