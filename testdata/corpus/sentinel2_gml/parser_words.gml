<a></No space left on device>
