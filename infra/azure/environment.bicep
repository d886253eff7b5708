// azd knows only strings, and an empty one is what is left when somebody pressed Enter: it counts as not set. What a
// variable cannot mean is refused with its name in the message, which `int` of a sentence does: nothing else can here.

@export()
func list(given string) string[] =>
  empty(trim(given))
    ? []
    : startsWith(trim(given), '[') ? json(given) : filter(map(split(given, ','), one => trim(one)), one => one != '')

@export()
func record(given string) object => empty(trim(given)) ? {} : json(given)

@export()
func word(given string, fallback string) string => empty(trim(given)) ? fallback : trim(given)

@export()
func flag(name string, given string, fallback bool) bool =>
  empty(trim(given))
    ? fallback
    : contains(['true', '1', 'yes'], toLower(trim(given)))
        ? true
        : contains(['false', '0', 'no'], toLower(trim(given)))
            ? false
            : int('${name} must be true or false, not ${given}') == 0

@export()
func whole(name string, given string, fallback int) int =>
  empty(trim(given))
    ? fallback
    : empty(filter(range(0, length(trim(given))), at => !contains('0123456789', substring(trim(given), at, 1))))
        ? int(trim(given))
        : int('${name} must be a whole number, not ${given}')
