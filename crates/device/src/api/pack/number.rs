//! Numbers to bytes and back.

/// Which end of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Order {
    /// The low byte.
    Little,
    /// The high byte.
    Big,
}

/// How a number is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// An IEEE 754 number of 4 bytes.
    Float,
    /// An IEEE 754 number of 8 bytes.
    Double,
    /// A whole number of so many bytes, 8 at most, in two's complement.
    Signed(usize),
    /// A whole number of so many bytes, 8 at most, without a sign.
    Unsigned(usize),
}

impl Number {
    /// How many bytes it takes.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Double => 8,
            Self::Signed(width) | Self::Unsigned(width) => width,
        }
    }

    /// The largest number that its bytes can hold without a sign.
    pub(super) fn unsigned_max(self) -> usize {
        usize::MAX >> (usize::BITS as usize - 8 * self.width().min(size_of::<usize>()))
    }

    /// The bytes of `value`.
    ///
    /// A whole number drops the fraction and keeps the low bytes, as a C cast on the device does:
    /// `b` of 300 is 44, `H` of -1 is 65535. What is no number becomes 0.
    pub(super) fn write(self, value: f64, order: Order) -> Vec<u8> {
        let mut bytes = match self {
            Self::Float => (value as f32).to_le_bytes().to_vec(),
            Self::Double => value.to_le_bytes().to_vec(),
            Self::Signed(width) | Self::Unsigned(width) => {
                (value as i128).to_le_bytes()[..width].to_vec()
            }
        };
        if order == Order::Big {
            bytes.reverse();
        }
        bytes
    }

    /// The number in `bytes`, of which there are [`Self::width`].
    ///
    /// Numbers of 8 bytes keep 53 bits, since a Lua number is a double.
    pub(super) fn read(self, bytes: &[u8], order: Order) -> f64 {
        let raw = join(bytes, order);
        match self {
            Self::Float => f64::from(f32::from_bits(raw as u32)),
            Self::Double => f64::from_bits(raw),
            Self::Signed(width) => {
                let unused = 64 - 8 * width;
                ((raw << unused).cast_signed() >> unused) as f64
            }
            Self::Unsigned(_) => raw as f64,
        }
    }
}

/// Up to 8 bytes as one word.
fn join(bytes: &[u8], order: Order) -> u64 {
    let append = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    match order {
        Order::Little => bytes.iter().rev().fold(0, append),
        Order::Big => bytes.iter().fold(0, append),
    }
}
