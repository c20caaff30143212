package words

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 99: "99", 100: "100", 999: "999", 1000: "1,000", 12345: "12,345", 999999: "999,999", 1000000: "1,000,000",
		-1: "-1", -100: "-100", -1234: "-1,234", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		assert.Equal(t, want, Number(n))
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 groups", 1: "1 group", 2: "2 groups", 21: "21 groups", 1001: "1,001 groups"} {
		assert.Equal(t, want, Count(n, "group", "groups"))
	}
}
