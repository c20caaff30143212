package oldwire

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// References are the people of a group: texts, numbers, or objects that hold one of both under a key. Duplicates are
// dropped, email addresses in any letter case; so are empty ones. An element that holds no reference is an error.
//
// There are quick ways for the usual lists: nothing but whole numbers, quickest where they ascend, or nothing but strings. Members listed
// with=groups repeat the ids of everybody in their groups, millions in a large organisation.

// readRefs reads references.
func readRefs[T ~string](in *input, key string) ([]T, error) {
	if in.kind() == kindList {
		if end, count, ascending := skipIDs(in.body, in.at); end > 0 {
			data := in.body[in.at:end]
			in.at = end
			refs := splitIDs(make([]T, 0, count), in.keep(data[1:len(data)-1]))
			if !ascending && in.repeats(data, count) {
				refs = dropDuplicates(refs)
			}
			return refs, nil
		}
	}
	data, err := in.raw()
	if err != nil {
		return nil, err
	}
	if refs, distinct, ok := splitNumbers[T](in, data); ok {
		if !distinct {
			refs = dropDuplicates(refs)
		}
		return refs, nil
	}
	words, ok := in.splitWords(data)
	if !ok {
		return decodeRefs[T](data, key)
	}
	refs := make([]T, len(words))
	for i, word := range words {
		refs[i] = T(in.keep(word))
	}
	return dropDuplicates(refs), nil
}

// countRefs returns how many references readRefs would return.
func countRefs(in *input, key string) (int, error) {
	if in.kind() == kindList {
		if end, count, ascending := skipIDs(in.body, in.at); end > 0 {
			data := in.body[in.at:end]
			in.at = end
			if !ascending {
				count, _ = in.countNumbers(data) // all of them fit
			}
			return count, nil
		}
		if in.isNothing() {
			return 0, in.skip()
		}
	}
	data, err := in.raw()
	if err != nil {
		return 0, err
	}
	if n, ok := in.countNumbers(data); ok {
		return n, nil
	}
	if words, ok := in.splitWords(data); ok && len(words) <= fewRefs {
		return countWords(words), nil
	}
	refs, err := decodeRefs[string](data, key)
	return len(refs), err
}

// decodeRefs is the way for any list.
func decodeRefs[T ~string](data []byte, key string) ([]T, error) {
	data, err := unwrapData(data)
	if err != nil {
		return nil, err
	}
	parts, err := splitInclude(data)
	if err != nil {
		return nil, err
	}
	refs := make([]T, 0, len(parts))
	for _, part := range parts {
		ref, err := decodeRef(part, key)
		if err != nil {
			return nil, err
		}
		refs = append(refs, T(ref))
	}
	return dropDuplicates(refs), nil
}

func decodeRef(data json.RawMessage, key string) (string, error) {
	if data[0] == '{' {
		var fields map[string]json.RawMessage
		if err := decode(data, &fields); err != nil {
			return "", err
		}
		data = fields[key] // missing: nil, which is no id
	}
	return decodeID(data)
}

// fewRefs is up to where comparing each with each is quicker than a map.
const fewRefs = 24

// dropDuplicates removes empty and repeated references, in place.
func dropDuplicates[T ~string](refs []T) []T {
	if len(refs) <= fewRefs {
		kept := refs[:0]
		for _, ref := range refs {
			if ref != "" && !slices.ContainsFunc(kept, func(other T) bool { return sameRef(string(ref), string(other)) }) {
				kept = append(kept, ref)
			}
		}
		return noneIfEmpty(kept)
	}
	seen := make(map[string]bool, len(refs))
	return noneIfEmpty(slices.DeleteFunc(refs, func(ref T) bool {
		folded := strings.ToLower(string(ref))
		drop := ref == "" || seen[folded]
		seen[folded] = true
		return drop
	}))
}

func noneIfEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// sameRef compares in lower case, which is not folding: outside of ASCII there are letters that only fold.
func sameRef[T string | []byte](a, b T) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			lowerA, lowerB := strings.ToLower(string(a)), strings.ToLower(string(b))
			return lowerA == lowerB
		}
		if x != y && (x|' ' != y|' ' || x|' ' < 'a' || x|' ' > 'z') {
			return false
		}
	}
	return len(a) == len(b)
}

// isNumbers reports whether data, which is well-formed JSON, is a list of nothing but whole numbers, and how many.
func isNumbers(data []byte) (count int, ok bool) {
	if len(data) < 2 || data[0] != '[' {
		return 0, false
	}
	inNumber := false
	for _, c := range data[1 : len(data)-1] {
		switch {
		case c-'0' <= 9:
			if !inNumber {
				inNumber = true
				count++
			}
		case c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t':
			inNumber = false
		default:
			return 0, false
		}
	}
	return count, true
}

// splitIDs appends the parts of a list that skipIDs has found to be one.
func splitIDs[T ~string](refs []T, list string) []T {
	start := 0
	for i := range len(list) {
		if list[i] == ',' {
			refs = append(refs, T(list[start:i]))
			start = i + 1
		}
	}
	return append(refs, T(list[start:]))
}

// splitNumbers is the quick way for whole numbers. distinct is true when they ascend and so cannot repeat, which spares
// looking for duplicates.
func splitNumbers[T ~string](in *input, data []byte) (refs []T, distinct, ok bool) {
	count, ok := isNumbers(data)
	if !ok || count == 0 {
		return nil, ok, ok
	}
	inner := in.keep(data[1 : len(data)-1])
	refs = make([]T, 0, count)
	distinct = true
	last := ""
	for start, i := -1, 0; i <= len(inner); i++ {
		if i < len(inner) && inner[i]-'0' <= 9 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start < 0 {
			continue
		}
		digits := inner[start:i]
		start = -1
		// JSON has no leading zeros, so the longer one is the larger one.
		distinct = distinct && (len(digits) > len(last) || len(digits) == len(last) && digits > last)
		last = digits
		refs = append(refs, T(digits))
	}
	if !distinct {
		distinct = !in.repeats(data, count)
	}
	return refs, distinct, true
}

// repeats reports whether one of many numbers occurs twice.
func (in *input) repeats(data []byte, count int) bool {
	if count <= fewRefs {
		return true // not worth it
	}
	in.numbers = slices.Grow(in.numbers[:0], count)
	distinct, ok := in.countNumbers(data)
	return !ok || distinct != count
}

// countNumbers counts the different numbers of a list of nothing but whole numbers that fit into 64 bits.
func (in *input) countNumbers(data []byte) (int, bool) {
	if len(data) < 2 || data[0] != '[' {
		return 0, false
	}
	all := in.numbers[:0]
	ascending := true
	for i := 1; i < len(data)-1; i++ {
		c := data[i]
		if c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			continue
		}
		n := uint64(0)
		for ; data[i]-'0' <= 9; i++ { // the list's ] ends it at the latest
			if n > (math.MaxUint64-9)/10 {
				return 0, false
			}
			n = n*10 + uint64(data[i]-'0')
		}
		if data[i] != ',' && data[i] != ']' && data[i] > ' ' {
			return 0, false
		}
		ascending = ascending && (len(all) == 0 || all[len(all)-1] < n)
		all = append(all, n)
	}
	in.numbers = all
	if !ascending {
		slices.Sort(all)
		all = slices.Compact(all)
	}
	return len(all), true
}

// splitWords returns, until its next call, the elements of a well-formed list of nothing but strings in which nothing is
// escaped.
func (in *input) splitWords(data []byte) ([][]byte, bool) {
	if len(data) < 2 || data[0] != '[' || bytes.IndexByte(data, '\\') >= 0 || !utf8.Valid(data) {
		return nil, false
	}
	words := in.words[:0]
	for rest := data[1 : len(data)-1]; ; {
		if rest = bytes.TrimLeft(rest, ", \t\r\n"); len(rest) == 0 {
			break
		}
		end := bytes.IndexByte(rest[1:], '"')
		if rest[0] != '"' || end < 0 {
			return nil, false
		}
		words = append(words, rest[1:end+1])
		rest = rest[end+2:]
	}
	in.words = words
	return words, true
}

// countWords counts the different words that are not empty.
func countWords(words [][]byte) int {
	count := 0
	for i, word := range words {
		if len(word) > 0 && !slices.ContainsFunc(words[:i], func(other []byte) bool { return sameRef(word, other) }) {
			count++
		}
	}
	return count
}
