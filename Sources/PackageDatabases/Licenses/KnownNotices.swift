internal import ByteStreams

/// The notices that are recognized by the hashes of their words.
///
/// A notice is a template of SPDX's list: fixed runs of words, gaps for names, and optional words (SPDX 2.3 annex B). The
/// table has hashes only, so that no text of a license stands here.
package struct KnownNotices: Sendable {
    /// A part of a template.
    private enum Token: Sendable {
        /// A number of words, the FNV-1a hash of the first one, and the first eight bytes of the SHA-256 of all.
        case fixed(count: Int, first: UInt32, hash: UInt64)
        /// Any words, at most that many.
        case gap(Int)
        /// The parts up to that number may be absent.
        case optional(end: Int)
    }

    /// A notice of the table.
    private struct Notice: Sendable {
        let license: String
        let tokens: [Token]
    }

    /// A notice that was found.
    package struct Match: Sendable {
        /// The identifier on SPDX's list.
        package let license: String
        /// The words of the notice.
        package let words: Range<Int>
    }

    private var notices: [Notice] = []
    /// The notices by the hash of their first word.
    private var byFirstWord: [UInt32: [Int]] = [:]

    /// The notices of a table with a line for each: the identifier and the tokens that `known-notices.py` writes.
    package init(_ table: String) {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let license = words.first, let tokens = Self.tokens(words.dropFirst()),
                case .fixed(_, let first, _) = tokens.first
            else { continue }
            byFirstWord[first, default: []].append(notices.count)
            notices.append(Notice(license: String(license), tokens: tokens))
        }
    }

    package var count: Int { notices.count }

    private static func tokens(_ words: ArraySlice<Substring>) -> [Token]? {
        var tokens: [Token] = []
        var open: [Int] = []
        for word in words {
            switch word {
            case "[":
                open.append(tokens.count)
                tokens.append(.optional(end: 0))
            case "]":
                guard let start = open.popLast() else { return nil }
                tokens[start] = .optional(end: tokens.count)
            case _ where word.hasPrefix("~"):
                guard let count = Int(word.dropFirst()) else { return nil }
                tokens.append(.gap(count))
            default:
                let parts = word.split(separator: ":")
                guard parts.count == 3, let count = Int(parts[0]), count > 0, let first = UInt32(parts[1], radix: 16),
                    let hash = UInt64(parts[2], radix: 16)
                else { return nil }
                tokens.append(.fixed(count: count, first: first, hash: hash))
            }
        }
        return open.isEmpty ? tokens : nil
    }

    /// How far a template reaches.
    private struct Extent {
        /// The word behind it.
        var end: Int
        /// How many words are not in gaps.
        var fixed: Int
    }

    /// The notices in a text, in their order; where several begin at one word, the longest one, of these the one with the
    /// fewest words in gaps, and of these the one with the fewest gaps and optional parts.
    package func matches(in words: NoticeWords) -> [Match] {
        var matches: [Match] = []
        var place = 0
        var steps = Limits.noticeSteps
        while place < words.count, steps > 0 {
            var best: (number: Int, extent: Extent)?
            for number in byFirstWord[words.hashes[place]] ?? [] {
                let (tokens, start) = (notices[number].tokens, Extent(end: place, fixed: 0))
                guard let extent = extent(of: tokens[...], in: words, from: start, &steps) else { continue }
                if let best {
                    let known = (best.extent.end, best.extent.fixed, -notices[best.number].tokens.count)
                    guard known < (extent.end, extent.fixed, -tokens.count) else { continue }
                }
                best = (number, extent)
            }
            if let best { matches.append(Match(license: notices[best.number].license, words: place..<best.extent.end)) }
            place = best?.extent.end ?? place + 1
        }
        return matches
    }

    /// How far tokens reach from a word; nil if the words are others.
    ///
    /// The recursion is as deep as a template has gaps and optional parts.
    private func extent(
        of tokens: ArraySlice<Token>, in words: NoticeWords, from start: Extent, _ steps: inout Int
    ) -> Extent? {
        var place = start
        var tokens = tokens
        while let token = tokens.popFirst() {
            steps -= 1
            guard steps > 0 else { return nil }
            switch token {
            case .fixed(let count, let first, let hash):
                guard words.count - place.end >= count, words.hashes[place.end] == first else { return nil }
                steps -= count / 8
                guard words.hash(of: place.end..<place.end + count) == hash else { return nil }
                place.end += count
                place.fixed += count
            case .gap(let count):
                for length in 0...min(count, words.count - place.end) {
                    let next = Extent(end: place.end + length, fixed: place.fixed)
                    if let extent = extent(of: tokens, in: words, from: next, &steps) { return extent }
                }
                return nil
            case .optional(let optionalEnd):
                if let extent = extent(of: tokens, in: words, from: place, &steps) { return extent }
                tokens = tokens[max(optionalEnd, tokens.startIndex)...]
            }
        }
        return place
    }
}

extension KnownNotices {
    /// The notices of common licenses in Debian, made by `Tests/licenses/known-notices.py`.
    ///
    /// The rows are of the templates of SPDX's list 3.28; those whose identifiers end in `:header` are of standard headers. The
    /// last row is of the LICENSE of Python 2.7.18, with gaps for what differs between its versions: the table of releases,
    /// years, addresses.
    package static let common = KnownNotices(
        """
        0BSD 8:2bdaad02:f1c1acc07e8a7e95 90:da2bd281:4e4d8de8668dd290
        AFL-2.1 8:b155676d:815c1bde5be3bca4 11:e40c292c:f33427fc8211e78e ~1 7:42454824:e9893ad5b1ab995b ~1 \
        11:42454824:38e63eb699e07cba ~1 13:42454824:001e93aa40fcd737 ~1 7:42454824:ec72bf60b539c908 ~1 \
        6:42454824:bea95fc83ca14169 ~1 50:b155676d:b7d91f9da252fba6 ~1 125:b155676d:84e3b027be0d1dce ~1 \
        153:5dc1d878:6570c5d305705c1a ~1 4:da2bd281:17f9b57b9c2d0869 ~1 78:746d3e16:624d71d01a595fb4 ~1 \
        135:4fc587cd:1d0217a1b3823221 ~1 126:52af2061:1302c1bb195d3c05 ~1 141:9d27eee2:4643a7e15eddc215 ~1 \
        74:f4a5f289:75f20464d180a1cd ~1 120:210f96a8:8bd6bccc6f26ffe2 ~1 58:e3280218:737dbd4c7fe56831 ~1 \
        37:548f0777:ad7b26630b5d58f1 ~1 102:84145ca0:bcbabde29311dc4e ~1 77:78e32de5:8f628b228fe2122f
        Apache-1.1 8:13254bc4:893bd3958461c3ff 16:0f29c2a6:681d1d6073771543 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 20:b40eb21c:224bf3ede880a4fc ~40 17:c97076ae:19cff98adc46dc37 ~1 \
        1:b40eb21c:b9776d7ddf459c9a ~2 ~40 17:c508c328:e74cbcddfc1da291 [ 8:acf38390:be0f973c64def9dd ] ~1 ~40 \
        34:da2bd281:c887ca4617b66981 ~40 71:382ba080:b9906283a603091f [ 54:da2bd281:ddfdb44f02867e97 ]
        Apache-2.0 8:bf0e2029:20e9de147aa470ba 458:acf38390:c15572cbdba0fa21 ~1 52:b155676d:7a084f342160b671 ~1 \
        144:b155676d:59830ec177c03480 ~1 34:32b58f92:2512cd65c53ef37a ~1 18:50b8d09c:3c9718b1627be115 ~1 \
        17:50b8d09c:8d554a5071b03def ~1 43:50b8d09c:1f3f0c0106e497e7 ~1 208:39386e06:0908ac398084a411 ~1 \
        63:fb4b2d69:8612257f6046695c ~1 44:f3ec846d:91b1259eec646831 ~1 83:e46efe32:3bb0d2661bcf5ccc ~1 \
        113:52af2061:7f9b9639aaf573c1 ~1 99:cb4a8ef7:ebab77547b63b9ce [ 5:6a8e75aa:9f4a72c489c21471 ] [ \
        83:5a3bcb20:9899b134fb83c8cf ~40 83:19ea7b60:71f2e03bbe0fb473 ]
        Apache-2.0:header 8:19ea7b60:48cd690990106637 75:083e3344:432c4b62771b81ed
        Artistic-1.0-Perl 8:586264b9:53fafbb0c9230262 224:783132f6:09ffefd186d28f42 ~1 34:50b8d09c:b46bc8f27a656296 \
        ~1 34:50b8d09c:f7e20bd0f0f875a9 ~1 42:50b8d09c:08bfab762db1357e ~1 56:c8d632fc:cc41d06e41159bad ~1 \
        10:5791c4f4:59c7d0554653fff4 ~1 38:81f2b7d3:42f735b846069952 ~1 8:e18c56af:9339d706ace8e1fa ~1 \
        24:50b8d09c:ac0d6acee56b9997 ~1 26:8f4f6b7e:ce9820df313d470d ~1 13:756e8a24:2c6b51062ccf5223 ~1 \
        25:994c2d1c:9573b4b4029989ec ~1 8:e18c56af:9339d706ace8e1fa ~1 106:50b8d09c:dbb4f06d98cf9a00 ~1 \
        116:b40eb21c:b6dec9552459d4fa ~1 72:e60c2c52:ba8ea7eb9da65ea0 ~1 54:e47dce65:97ee277897e1109e ~1 \
        24:b40eb21c:7b5a1147cfea3ff5 ~1 27:da2bd281:20a9a218c45d0aca [ 2:b40eb21c:92eb9cd081f0ec17 ]
        Artistic-2.0 8:d378dd78:900281f691ff3ce1 386:4e343e10:83357e6015ef99a4 ~1 35:50b8d09c:4981e1d78a0cb5c0 ~1 \
        58:50b8d09c:863c79c7cff291ef ~1 46:50b8d09c:e85b3fba9414181a ~1 61:50b8d09c:0dc9ab64d9d6e66b ~1 \
        30:e18c56af:d407806442b5ff80 ~1 37:5a7abf77:28ed1c25c0e1c670 ~1 23:aeb1a832:20c28fd6ff2571b0 ~1 \
        4:b40eb21c:7d900c7f7f6107da ~1 75:e40c292c:d68f8925584c2079 ~1 97:50b8d09c:d4c288f600534bae ~1 \
        33:50b8d09c:8d6b1418ff5dcba4 ~1 69:50b8d09c:2e036e779593932d ~1 65:50b8d09c:5bbfc7cdb37a9dbc ~1 \
        54:4492b3e9:faf23cf62279af63 ~1 43:2c29f04d:bd4b6e665c2ccbd2 ~1 34:39386e06:0c6bc349cda65db9 ~1 \
        21:da2bd281:f516ec2595668afb ~1 81:da2bd281:e859e0f614e495bd ~1 84:e46efe32:6bcf77ae8e6e4806
        BSD-1-Clause 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 23:b4d17f33:dbf9eac882503984 ~40 \
        4:5e25208d:7341329f2faf56ca ~2 25:5d342984:7232a73b137ad49f ~40 71:382ba080:b9906283a603091f
        BSD-2-Clause 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        30:b4d17f33:e6c1af1ded2d1967 [ 1:42278e90:35390f5453e810b6 ] 3:4e388f15:a9c5404ab9a2b1e3 ~40 \
        4:5e25208d:7341329f2faf56ca ~2 25:5d342984:7232a73b137ad49f ~40 61:382ba080:cbb684597f66e6df [ \
        1:42278e90:35390f5453e810b6 ] 9:eadc8c31:d89aca51aa5d2063
        BSD-2-Clause-Views 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f \
        ~1 34:b4d17f33:382093b9126b6357 ~40 4:5e25208d:7341329f2faf56ca ~2 25:5d342984:7232a73b137ad49f ~40 \
        100:382ba080:d703ea0ff67816aa
        BSD-3-Clause 8:32b58f92:cf6cf3ff1b297cbf ~3 4:0c4afe69:b4bc4edfb7ba5d7b ~1 8:dd2c5ac7:2df2ae69c533b42a ~1 \
        2:b4d17f33:59cf080939c4991f ~2 3:c508c328:4762c7e22d00be1d ~1 10:b90ded3e:301b784d4035026c ~1 \
        7:b4d17f33:aa75cbb1be674e63 ~1 21:b90ded3e:8e86eb6d3398c8d3 ~1 ~40 10:382ba080:c11b853c90363d83 ~1 \
        1:3ff21de3:1216b2a88975f9d3 [ 1:c730f259:54b759dba2ded093 ] 3:1e39d5b7:3194144bf79f5143 ~40 \
        1:da2bd281:1eb79602411ef02c ~1 2:4e388f15:5f6c3eae7b232025 ~40 4:5e25208d:7341329f2faf56ca ~2 \
        25:5d342984:7232a73b137ad49f ~40 61:382ba080:cbb684597f66e6df ~1 9:eadc8c31:d89aca51aa5d2063
        BSD-3-Clause-Attribution 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 \
        18:b4d17f33:7c1baf39c016fe0f ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 30:992a04a8:18494a354dce770d ~1 \
        17:b4d17f33:be4fbe77883ed8fc ~40 116:da2bd281:8840ecd4fe6d52fd
        BSD-3-Clause-Clear 8:32b58f92:cf6cf3ff1b297cbf 21:0c4afe69:6413ed7023710054 ~1 18:b4d17f33:7c1baf39c016fe0f \
        ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 4:992a04a8:ac28e619b9d55c27 ~40 43:23b19318:d649740429530e94 ~40 \
        30:5e25208d:f2ecc48db714dbad ~40 71:382ba080:b9906283a603091f
        BSD-3-Clause-LBNL 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f \
        ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 ~40 59:382ba080:80562f066f53e9c8 [ 4:b40eb21c:708af3d1cdae791f ] \
        114:5d342984:8a414e1376bb3085 ~40 49:3ff21de3:9b8b084d1d4c16bc
        BSD-4-Clause 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 21:13254bc4:e5712a2729aabe6f ~40 ~1 ~40 21:382ba080:0c1d92b5352c832c ~40 \
        30:5e25208d:f2ecc48db714dbad ~40 71:382ba080:b9906283a603091f
        BSD-4-Clause-Shortened 16:32b58f92:7995ceb03de1b4dd ~1 14:1bcf29d8:e76b684bea0b7cce ~1 \
        26:23c80d88:5871c781bd559a2c ~1 86:13254bc4:34595d44d3c729ef
        BSD-4-Clause-UC 8:b40eb21c:6fe113a3ad61d2f3 23:e3a0c322:684322083b145799 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 29:13254bc4:e184dc8802a77123 ~1 143:992a04a8:6410c124fbf99a16
        BSD-Source-Code 8:32b58f92:955ec5578ee29a9b 16:0f29c2a6:681d1d6073771543 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        4:992a04a8:ac28e619b9d55c27 ~40 24:23b19318:c18e4cc025a1451a ~40 5:da2bd281:70edc908033d7bc3 ~40 \
        30:5e25208d:f2ecc48db714dbad ~40 71:382ba080:b9906283a603091f
        BSL-1.0 8:2bdaad02:0c6eb6a355c354cc 194:2c29f04d:8a5f6f8d71a028b0
        Beerware 5:b40eb21c:a8207e3423336197 ~4 42:e90b99b6:b3f5265908a35b08
        Bitstream-Vera 8:13254bc4:e3234737a8049f8f 363:69343c68:481a2489c47c4a70
        CC-BY-3.0 8:b40eb21c:671c3ba1ac5fbb12 91:b40eb21c:25b661f328249da6 ~1 1:bf0e2029:02f086eb77504748 ~1 \
        124:df559944:13ec8c66e7af2dba ~1 104:7fad8491:e6d0c20e8d96942a ~1 26:8f4f6b7e:e254b18e5bcb8517 ~1 \
        19:27db86e0:6dffbf389faa7497 ~1 109:a92b8b72:b900c59aef517e59 ~1 182:5b98d260:87f9a331446c99f8 ~1 \
        45:50b8d09c:1af0265083aa12df ~1 108:76a3e247:f737ae4cc36c793c ~1 45:1a20d05c:ce69adac62fbe4e0 ~1 \
        43:00535833:23bdb25c1c2c1894 ~1 38:083e3344:750f08ad8f31dfa1 ~1 23:42454824:494a9e8981558948 ~1 \
        61:42454824:e2687dcc5e8aeb1a ~1 13:42454824:3289e43b646090a2 ~1 6:42454824:c86848f080684cc7 ~1 \
        5:acf38390:b8460e09df8bea14 ~1 46:927424f3:1d9cccb1c27308c3 ~1 47:27a330ea:abbed1147de73584 ~1 \
        102:713147fb:4b77190611228411 ~1 19:db04f3fa:9446c5147ed3bd7d ~1 256:50b8d09c:d6beedaa9c0a859e ~1 \
        341:39386e06:a137d040d267b040 ~1 158:38adcbf0:c14eeb10c85bf501 ~1 87:47d08fd9:749bd4bc6b74fb5b ~1 \
        56:52af2061:e99278ebd58cf916 ~1 1:f4a5f289:bf632b0c64c01081 ~1 69:da2bd281:2f3b168a536907ef ~1 \
        94:891cfe4f:170009d854ad6308 ~1 1:548f0777:bd21059c22fa488e ~1 38:147aa128:99d7a57fce226fd3 ~1 \
        35:147aa128:177a9a20e3b313eb ~1 57:39386e06:c10559bf4da59009 ~1 38:62366ffa:8ad7a0aaf719df6b ~1 \
        64:da2bd281:45a40d4bae66a440 ~1 148:b40eb21c:43a23cd72cce9895 [ 188:57517168:ba8d0a0c63c43c0f ]
        CC-BY-4.0 8:542bcc94:3827f77741b81dce 77:08247e29:8f52a3f695efc7e1 ~2 1:bf0e2029:02f086eb77504748 ~1 \
        85:d5cacb3e:b26815465fb092b6 ~1 30:cb6b10a5:939c2b63558fe283 ~1 57:b90ded3e:b19347e9ba21ce83 ~1 \
        39:b1f924f2:148a489b21a286cf ~1 29:9463de1f:82a49f3a6992955f ~1 20:19ea7b60:27cd4e647bc632fb ~1 \
        44:19ea7b60:36aa886b25a5a223 ~1 14:27db86e0:3f9216597dfb9493 ~1 63:a9c9fc38:dd71b3161e047a34 ~1 \
        49:e14e40f4:fced36768f2f76b6 ~1 21:50b8d09c:b6e2a87fa8aa487f ~2 1:be2af3eb:5f161c9149882e0e ~1 \
        2:083e3344:189c0db632e09caa ~1 32:891cfe4f:92ed843aca49ae54 ~1 12:1a20d05c:28ff7a93e3b4ba56 ~1 \
        6:f6485bef:24432d521f91b35b ~1 34:9463de1f:015936cd27a1976d ~1 13:a2ce1ed7:46acd492dc5be521 ~1 \
        90:fc9adf03:59abe9167a87d946 ~1 2:de06a115:06180d8a2e562c82 ~1 34:c1d9c9dd:db886577c0f4d252 ~1 \
        43:62366ffa:9441bc365d7d4f04 ~1 57:62366ffa:7cf22b8a3bcd745f ~1 2:c87d8df5:8fba8db4ce0ce93b ~1 \
        62:4a40bcc0:8ba77e35f3867f2b ~1 11:7ea35cf7:15f2f67313c1f0c7 ~1 54:42454824:b988a42566655932 ~2 \
        16:083e3344:2828878bafd7afae ~1 1:746d3e16:3ee591fcb25f09a0 ~1 12:39386e06:58e48f791cf8d465 ~1 \
        14:88bcc57c:73de7ea7d9ed1de5 ~1 29:b22c7e5b:c92795c8f54068a0 ~1 3:e40c292c:489c360e31d6b372 ~1 \
        8:e40c292c:104a92e04c5da362 ~1 9:e40c292c:966df6bac8446399 ~1 13:e40c292c:7cd4ad15ef91c7bf ~1 \
        16:30b24226:d19a9dbc9d867070 ~1 24:30b24226:dd17cb846380f853 ~1 52:50b8d09c:c30ea39c30555126 ~1 \
        24:39386e06:3414871454fa1bb6 ~1 28:39386e06:99e24c68d9d4efa3 ~2 22:e14e40f4:a31e659c325c137b ~1 \
        30:acf38390:93b8cde3d99715ba ~1 43:39386e06:a61b927b7bbdeed6 ~1 55:50b8d09c:82a1bc010e31b7ac ~2 \
        7:e46efe32:8254c048241fb559 ~1 92:a88fd2c3:cd798ba91b854530 ~1 89:42454824:dadd5cff1b59a686 ~1 \
        34:b40eb21c:933740b06b74b7d2 ~2 3:a2ce1ed7:9dad9ad1cd812190 ~1 34:da2bd281:14ede0a2dcbb82fa ~1 \
        16:056c1458:6b9923405aa1f4a5 ~1 23:3c922532:3d0710c9612e843e ~1 6:30810749:d4719d47af03a2ea ~1 \
        28:acf38390:2168806c8b161dc0 ~1 36:acf38390:733afe4a6d2bda72 ~1 15:cefb10ad:08e9f2ed0e9fdb78 ~2 \
        4:c87d8df5:c4fe778c7e08867f ~1 20:b40eb21c:b58f5877b76ae005 ~1 28:2c29f04d:01be12b6e62fffe6 ~2 \
        1:65d64bab:6e0534af16e1fe99 ~1 40:acf38390:0454d04afc6038e9 ~1 52:42454824:77b88b0fe3f942f2 ~1 \
        25:62366ffa:fd41c328beb4e50a ~1 38:527dae8a:6c7a3c4c2330bd03 [ 35:57517168:74753168b9b4ca1d [ \
        20:b40eb21c:0cabca17aacc0c02 ] 107:38adcbf0:4fa88f991d26462a ]
        CC-BY-SA-3.0 8:b40eb21c:671c3ba1ac5fbb12 91:b40eb21c:25b661f328249da6 ~1 1:bf0e2029:02f086eb77504748 ~1 \
        124:df559944:13ec8c66e7af2dba ~1 104:7fad8491:4dee206897116db2 ~1 86:57517168:584b8cd493ebe5c5 ~1 \
        26:8f4f6b7e:e254b18e5bcb8517 ~1 22:083e3344:a7789f33b86784cf ~1 19:27db86e0:6dffbf389faa7497 ~1 \
        109:a92b8b72:b900c59aef517e59 ~1 182:5b98d260:87f9a331446c99f8 ~1 45:50b8d09c:1af0265083aa12df ~1 \
        108:76a3e247:f737ae4cc36c793c ~1 45:1a20d05c:ce69adac62fbe4e0 ~1 43:00535833:23bdb25c1c2c1894 ~1 \
        38:083e3344:750f08ad8f31dfa1 ~1 23:42454824:494a9e8981558948 ~1 61:42454824:e2687dcc5e8aeb1a ~1 \
        13:42454824:3289e43b646090a2 ~1 6:42454824:c86848f080684cc7 ~1 5:acf38390:b8460e09df8bea14 ~1 \
        46:927424f3:1d9cccb1c27308c3 ~1 47:27a330ea:abbed1147de73584 ~1 102:713147fb:4b77190611228411 ~1 \
        19:db04f3fa:9446c5147ed3bd7d ~1 256:50b8d09c:51f239b0d739a2ba ~1 310:50b8d09c:c321d40888c25e56 ~1 \
        150:39386e06:0ce444e9018680a1 ~2 190:360caa42:346442a86bbd0b40 ~1 158:38adcbf0:c14eeb10c85bf501 ~1 \
        87:47d08fd9:749bd4bc6b74fb5b ~1 56:52af2061:e99278ebd58cf916 ~1 1:f4a5f289:bf632b0c64c01081 ~1 \
        69:da2bd281:2f3b168a536907ef ~1 94:891cfe4f:170009d854ad6308 ~1 1:548f0777:bd21059c22fa488e ~1 \
        38:147aa128:99d7a57fce226fd3 ~1 35:147aa128:177a9a20e3b313eb ~1 57:39386e06:c10559bf4da59009 ~1 \
        38:62366ffa:8ad7a0aaf719df6b ~1 64:da2bd281:45a40d4bae66a440 ~1 148:b40eb21c:43a23cd72cce9895 [ \
        188:57517168:a6e36e54c1f838b2 ]
        CC-BY-SA-4.0 8:69ce1407:34d5f4719bd53b90 145:30ea9f95:7a751827e3b30496 ~8 15:d2e4d060:e4991315e1a9e084 ~12 \
        127:60be650c:99cd987a695bab88 ~2 3:acf38390:dcb532f756706603 ~12 92:57517168:86d0e9f26ac40f86 ~2 \
        1:bf0e2029:02f086eb77504748 ~1 85:d5cacb3e:b26815465fb092b6 ~1 30:cb6b10a5:939c2b63558fe283 ~1 \
        23:686b518c:d916a481448231f8 ~1 57:b90ded3e:b19347e9ba21ce83 ~1 39:b1f924f2:148a489b21a286cf ~1 \
        29:9463de1f:82a49f3a6992955f ~1 27:083e3344:334b02d8f5ec61c7 ~1 20:19ea7b60:27cd4e647bc632fb ~1 \
        44:19ea7b60:36aa886b25a5a223 ~1 14:27db86e0:3f9216597dfb9493 ~1 63:a9c9fc38:dd71b3161e047a34 ~1 \
        49:e14e40f4:fced36768f2f76b6 ~1 21:50b8d09c:b6e2a87fa8aa487f ~2 1:be2af3eb:5f161c9149882e0e ~1 \
        2:083e3344:189c0db632e09caa ~1 32:891cfe4f:92ed843aca49ae54 ~1 12:1a20d05c:28ff7a93e3b4ba56 ~1 \
        6:f6485bef:24432d521f91b35b ~1 34:9463de1f:015936cd27a1976d ~1 13:a2ce1ed7:46acd492dc5be521 ~1 \
        90:fc9adf03:59abe9167a87d946 ~1 2:de06a115:06180d8a2e562c82 ~1 34:c1d9c9dd:db886577c0f4d252 ~1 \
        40:c980019c:8ab4018967478643 ~1 43:62366ffa:9441bc365d7d4f04 ~1 57:62366ffa:7cf22b8a3bcd745f ~1 \
        2:c87d8df5:8fba8db4ce0ce93b ~1 62:4a40bcc0:8ba77e35f3867f2b ~1 11:7ea35cf7:15f2f67313c1f0c7 ~1 \
        54:42454824:b988a42566655932 ~2 16:083e3344:2828878bafd7afae ~1 1:746d3e16:3ee591fcb25f09a0 ~1 \
        12:39386e06:58e48f791cf8d465 ~1 14:88bcc57c:73de7ea7d9ed1de5 ~1 29:b22c7e5b:c92795c8f54068a0 ~1 \
        3:e40c292c:489c360e31d6b372 ~1 8:e40c292c:104a92e04c5da362 ~1 22:e40c292c:1057f53da62ffccb ~1 \
        16:30b24226:d19a9dbc9d867070 ~1 24:30b24226:dd17cb846380f853 ~1 52:50b8d09c:c30ea39c30555126 ~1 \
        24:39386e06:3414871454fa1bb6 ~1 22:35732f78:e6c47e639a13847e ~1 25:b40eb21c:f54c2480fd9e14fb ~1 \
        39:50b8d09c:22834e39b1b03d5a ~1 38:50b8d09c:795a76f0922c593d ~2 22:e14e40f4:a31e659c325c137b ~1 \
        30:acf38390:93b8cde3d99715ba ~1 50:39386e06:2484264b032c4811 ~1 55:50b8d09c:82a1bc010e31b7ac ~2 \
        7:e46efe32:8254c048241fb559 ~1 92:a88fd2c3:cd798ba91b854530 ~1 89:42454824:dadd5cff1b59a686 ~1 \
        34:b40eb21c:933740b06b74b7d2 ~2 3:a2ce1ed7:9dad9ad1cd812190 ~1 34:da2bd281:14ede0a2dcbb82fa ~1 \
        16:056c1458:6b9923405aa1f4a5 ~1 23:3c922532:3d0710c9612e843e ~1 6:30810749:d4719d47af03a2ea ~1 \
        28:acf38390:2168806c8b161dc0 ~1 36:acf38390:733afe4a6d2bda72 ~1 15:cefb10ad:08e9f2ed0e9fdb78 ~2 \
        4:c87d8df5:c4fe778c7e08867f ~1 20:b40eb21c:b58f5877b76ae005 ~1 28:2c29f04d:01be12b6e62fffe6 ~2 \
        1:65d64bab:6e0534af16e1fe99 ~1 40:acf38390:0454d04afc6038e9 ~1 52:42454824:77b88b0fe3f942f2 ~1 \
        25:62366ffa:fd41c328beb4e50a ~1 38:527dae8a:6c7a3c4c2330bd03 [ 35:57517168:74753168b9b4ca1d [ \
        20:b40eb21c:0cabca17aacc0c02 ] 107:38adcbf0:4fa88f991d26462a ]
        CC0-1.0 8:fb8d6d16:41e5be8a6db0cf10 232:f9ee210e:fde6021fee95faa8 ~1 36:b90ded3e:ccf41e82416adcab ~1 \
        13:b40eb21c:ff929cd8236987f8 ~1 12:4a40bcc0:ce6abd4c38b93e47 ~1 15:b5ffc0bc:7fdda8b5dce56219 ~1 \
        19:e3a0c322:dd98eacf4e059f3d ~1 13:e3a0c322:d87aa1e1fc8a4dfb ~1 45:a165ddb8:fb01e3cdaa7c4107 ~1 \
        20:c87d8df5:989854246132afe8 ~1 172:4b38d8f1:e40673249da5335a ~1 230:cc909380:5bf27cc991f9f066 ~1 \
        3:3baf7c56:69c6fb6aafb48a02 ~1 19:62366ffa:b6f79b3ae948f5fc ~1 65:2d0e980d:cf45b5c89d3d129f ~1 \
        51:2d0e980d:4c0f8107c211cd69 ~1 30:2d0e980d:8a354b119701deae
        FSFAP 8:54dbedd4:8210864fec74e791 24:3ff21de3:7b2043a66b21bf3e
        FSFAP-no-warranty-disclaimer 8:54dbedd4:8210864fec74e791 18:3ff21de3:1fff2ae3903f6b1e
        FSFUL 1:da2bd281:1eb79602411ef02c ~40 17:203e6faa:95dcbebd245dcdc9
        FSFULLR 8:da2bd281:02a6ecd2eebebcfe 21:028b40e4:1adb932e09174c95
        FSFULLRWD 1:da2bd281:1eb79602411ef02c ~2 3:4e388f15:0ba0e5f98a0b0d6a ~6 21:c1eb85bd:7d2b6b07a269e3c3 ~1 \
        33:4e388f15:8469c6265775dd6b
        FTL 2:38b82c0a:5c9e8a9c1fdc48ce ~1 168:bf0e2029:1c46d96237f25480 ~1 61:62366ffa:edf8fe48a0cbb51c ~1 \
        63:32b58f92:53af007300825def ~1 45:32b58f92:d1101e76b9957edc ~1 84:32b58f92:553c4641287d2a11 ~1 \
        127:8b49c769:26ffd2612e7f24fc ~1 9:cedcb8f0:5998a8704b9eccd9 ~1 43:b490e9c3:38e6bee4cf78070a ~1 \
        27:cfbe942b:8b4e4a57f27e866e [ 4:6a8e75aa:03bef7707e8f0c51 ]
        GD 8:2bdaad02:2769382b978d5f8b 118:bca35d83:9741f5685d8ac5f6 [ 28:f3166193:e2b1d3124cd9b8e6 ]
        HPND 5:2bdaad02:2ecf634658fc8eff 4:0f29c2a6:21ac0b695f9fc0f7 [ 3:0f29c2a6:29751eb23d370503 ] \
        9:acf38390:5df6c4c56a137644 6:a5c09f66:2a5836ce007115f2 ~1 3:41387a9e:fbfa44386e41e557 [ \
        1:0f29c2a6:6201111b83a0cb5b ] 2:cb18332c:96fba8a2758dceff ~1 10:b90ded3e:d58323af06994a4f [ \
        3:0f29c2a6:972befb850e68c7a ~1 [ 1:69343c68:28391d3bc64ec15c ] ~40 ~40 18:29b19c8a:ccdaddbbfb3f254e ] [ ~40 \
        12:ebecbc54:9bcf98fcfa8cd3e0 ~2 9:4e388f15:7d0d5cefc0014c65 ] [ ~40 ~1 15:13254bc4:899784349b888afd \
        4:41387a9e:018bae6675ec8928 ~40 7:382ba080:c97d72b60753ef63 ~1 38:bd42f449:b8670f0aabec9231 ]
        HPND-DEC 8:b40eb21c:caa6bd6bbc35e876 137:729d01bd:251309dc005be2f0
        HPND-Fenneberg-Livingston 8:2bdaad02:322e084f8b096c94 27:42278e90:62ec4537f0d44d9d ~40 \
        32:29b19c8a:4ca412d6528118dd ~40 ~40 22:ebecbc54:abc15d3c8ac79965
        HPND-MIT-disclaimer 8:2bdaad02:322e084f8b096c94 137:42278e90:f565a34721cdcfce
        HPND-Markus-Kuhn 8:2bdaad02:322e084f8b096c94 20:42278e90:2662128883e6345a
        HPND-Pbmplus 8:2bdaad02:322e084f8b096c94 48:42278e90:a608742cc3bef696
        HPND-UC 8:2bdaad02:322e084f8b096c94 23:42278e90:2aa0b7c9a86f1b0b ~40 ~1 21:62366ffa:5182bc304b9e2ce7
        HPND-doc 8:2bdaad02:322e084f8b096c94 24:488e9481:f1e2b39e691139ff ~40 26:ebecbc54:0fd15f5e3f07abb9
        HPND-doc-sell 8:2bdaad02:3b4a8e433337b184 24:da2bd281:38e1f4881cc8050e ~40 26:ebecbc54:0fd15f5e3f07abb9
        HPND-export-US 8:fb080cb3:a022754c41c4455d 129:69343c68:7500b79a6c9b9a9b
        HPND-export-US-modify 8:fb080cb3:a022754c41c4455d 138:69343c68:f5f131ada5519357 ~40 \
        20:47d08fd9:a9d471e2b260c9a8
        HPND-sell-MIT-disclaimer-xserver 8:2bdaad02:3b4a8e433337b184 110:da2bd281:65ba9278dd3ef366
        HPND-sell-variant 6:2bdaad02:6d9677ce9b66b15d 21:0f29c2a6:998f98bf21b99a19 ~1 3:41387a9e:fbfa44386e41e557 [ \
        1:0f29c2a6:6201111b83a0cb5b ] 2:cb18332c:96fba8a2758dceff ~1 10:b90ded3e:d58323af06994a4f [ \
        3:0f29c2a6:972befb850e68c7a ~1 [ 1:69343c68:28391d3bc64ec15c ] ~40 ~40 [ 1:4e388f15:fa51fd49abf67705 ] \
        18:29b19c8a:ccdaddbbfb3f254e ] [ ~40 ~4 19:b323923e:57d1db297499ae16 ] [ ~40 ~1 15:13254bc4:899784349b888afd \
        4:41387a9e:018bae6675ec8928 ~40 46:382ba080:2e54ce313491d890 ]
        HPND-sell-variant-MIT-disclaimer 8:2bdaad02:3b4a8e433337b184 112:da2bd281:83d2174783c7fff8
        ICU 8:2bdaad02:0c6eb6a355c354cc 222:2c29f04d:58c659edd2d29742
        IJG 8:b40eb21c:ed1dc1612b5128e2 38:11c112ef:d4bec95f5f129c76 ~40 24:2bdaad02:0777ab0f177c3359 ~1 \
        43:39386e06:ddcf464e60ac0225 ~1 27:39386e06:4b315d2133d3c235 ~1 129:2bdaad02:6c0a304fff575e47 [ \
        296:42f5b78d:771d26538c06bb9d ] 28:5c47afa9:32f8d74d106109db
        IJG-short 8:b40eb21c:ed1dc1612b5128e2 79:11c112ef:df35bdd3c511ef3c ~1 43:39386e06:ddcf464e60ac0225 ~1 \
        27:39386e06:4b315d2133d3c235 ~1 99:2bdaad02:984f8bb650dafafd
        ISC 6:2bdaad02:34a23ba3dbf4b096 [ 1:5d342984:7175517a370b5cd2 ] 34:8f4f6b7e:d4d1c786437abdae ~40 \
        20:f93113de:5468a8ddbc161616 ~40 47:382ba080:c81620f6e98f16b6
        ISC-Veillard 8:2bdaad02:322e084f8b096c94 63:42278e90:26e86b8be477e956
        ImageMagick 8:ee7a3c2c:93e3687e4f6d3361 16:b40eb21c:8869a46f6b2af644 ~40 ~1 466:bf0e2029:adf2fab3e1a02ca5 ~1 \
        52:b155676d:7a084f342160b671 ~1 138:b155676d:d9af0446604d41c2 ~1 34:32b58f92:2512cd65c53ef37a ~1 \
        18:50b8d09c:3c9718b1627be115 ~1 17:50b8d09c:8d554a5071b03def ~1 43:50b8d09c:1f3f0c0106e497e7 ~1 \
        208:39386e06:0908ac398084a411 ~1 63:fb4b2d69:8612257f6046695c ~1 44:f3ec846d:91b1259eec646831 ~1 \
        83:e46efe32:3bb0d2661bcf5ccc ~1 113:52af2061:7f9b9639aaf573c1 ~1 99:cb4a8ef7:ebab77547b63b9ce [ \
        163:01c3ac8d:228d48346ff6a405 ]
        Info-ZIP 8:acf38390:963da1ef33188d5c 161:5211b0f4:1c688cf922e9313f ~1 22:b4d17f33:4cb14e632b16bfc1 ~1 \
        103:b4d17f33:ae813d49a12b6bb6 ~1 136:fdb4d62a:bbfffed5bdb88ec3 ~1 26:5211b0f4:542ad7d50c810915
        Inner-Net-2.0 8:b40eb21c:f889765b02827f47 22:5791c4f4:f477032356e3c879 ~1 40:39386e06:4efee048271c5e5d ~1 \
        13:13254bc4:4a3f3ac00462d247 ~1 19:b4d17f33:9e652d27fb43f7c0 ~1 30:b4d17f33:eb73d3dbbdf38012 ~1 \
        10:b40eb21c:21b2f2cce649f5d1 ~1 157:992a04a8:7caad02df2421e07
        JSON 8:2bdaad02:0c6eb6a355c354cc 164:2c29f04d:771cfa85b5fc8144
        Latex2e 8:2bdaad02:9d4b700442b60777 76:4e343e10:b9489b8ef8103af9
        Libpng 8:da2bd281:9ec4ebab5d95a0c2 381:acf38390:538eeff767625055 ~1 10:b40eb21c:00edc9a5a7f23e70 ~1 \
        18:fdb4d62a:7df3e72da81d2d0c ~1 140:da2bd281:56c3c0395173e32f
        MIT 14:2bdaad02:52fcd037265d0866 ~6 1:b40eb21c:b9776d7ddf459c9a ~1 4:42454824:5e77d69f281c2958 ~1 \
        21:3ff21de3:b4526ba8702bc2b0 ~1 7:0f29c2a6:844e9e25b4cb9506 ~1 18:4e388f15:7bcfbe431d1e404d [ \
        4:280d1e50:7a49768473c9ddf5 ] 11:c67ef52d:fef94a351ada3d1a ~1 1:b40eb21c:b9776d7ddf459c9a ~2 \
        31:a5c09f66:a02f04f8b1b27b46 ~40 27:382ba080:90524672726c3fe9 ~1 8:5d342984:38d719b839f897f8
        MIT-0 8:2bdaad02:0c6eb6a355c354cc 130:2c29f04d:6bf751b3815fa41f
        MIT-CMU 5:2bdaad02:2ecf634658fc8eff 6:0f29c2a6:c26aa51cbc4ce516 [ 1:c70e5d33:de38e0881e31dde6 ] \
        20:488e9481:1fef6810d880755a 19:0f29c2a6:cd9970502a8e34d6 ~40 15:29b19c8a:28f1b80b6ba1672d \
        1:b13fb8c0:ccc0e8da6b80e08e [ 1:1e39d5b7:e5bade0e979cb8cf ] 1:2bdaad02:fdeb33892d186762 ~40 ~2 \
        19:13254bc4:b55e22b521a4f4e7 ~40 15:382ba080:c3d05de71a9658f1 [ 1:b40eb21c:b9776d7ddf459c9a ] \
        31:e7347b1a:6cc4e2b14fc59b32
        MIT-Modern-Variant 8:2bdaad02:09293321ac10ef6d 41:3ff21de3:c548b90a31efb9b5 ~40 26:382ba080:dfc32814753c9383 \
        ~40 9:edbf0fe3:5bf16fae351bbc40 ~40 31:fa87fe1b:38c41500cebe9b82 ~40 11:edbf0fe3:a15e4c69ef16f0ea
        MIT-open-group 8:2bdaad02:3b4a8e433337b184 91:da2bd281:82e34ee0ffa237b5 ~40 46:382ba080:26a04d5287da2685 ~40 \
        24:c67ef52d:a065c93e6865b638
        MPL-1.1:header 8:b40eb21c:7a2e7fe61ea471b0 73:b40eb21c:8eb3d3f6fae88f6c ~40 8:b40eb21c:6b5dbffac3b137c5 ~40 \
        3:34ef0a21:de526abfd6bbd0b8 ~40 3:406f344d:d2cbf82d4e5622c1 ~40 5:13254bc4:b6de894b8b46c944 ~40 \
        14:26f6376f:5d243ca107329cba ~40 2:083e3344:f8ace19ccb999386 ~40 7:083e3344:fafa4bf85469024c ~40 \
        25:083e3344:1ac23244fcfe5f65 ~40 36:083e3344:7cbe2fa0de428c3a ~40 24:083e3344:3c8b8aea0fa9b0c9 ~40 \
        1:083e3344:cc1d3b0234846714
        MPL-2.0 1:bf0e2029:02f086eb77504748 ~1 18:df697eea:7810b4414eb8354e ~1 21:df697eea:70589df6a005aae0 ~1 \
        8:800eacaf:c7edfbf765b50629 ~1 39:f6358681:7540c9c1eb165d60 ~1 5:cd2be570:122b8f40edad2f21 ~1 \
        17:cb18332c:385e1ea5574b26a2 ~1 28:cb18332c:f57ead5e557e29fe ~1 13:08a88a0d:61405ff4af1a123f ~1 \
        23:1eb80eb2:1213ce3b3ce68471 ~1 4:083e3344:52b19a18af9d62e5 ~1 32:29b74879:43e2ecbf7f0969b5 ~1 \
        6:2dda25aa:ca58bebd54a2574a ~1 23:2c29f04d:dfc7f84637e7004b ~1 12:2c29f04d:1f3a9e3b95e1af45 ~1 \
        57:7ea35cf7:77ae317657dae860 ~1 34:4b7c8bd1:d81ba939cee77aca ~1 13:1bcf29d8:fc202024e27f9c01 ~1 \
        80:50b8d09c:d37fac25d92d6ea7 ~1 4:083e3344:ec949762b0c8a8c9 ~1 11:4771543a:827d95b0d232faf8 ~1 \
        42:89193acd:0c1f3d255fb0df6d ~1 26:89193acd:04cff26b89cfc67c ~1 27:b1f924f2:9c79eee0e592c53f ~1 \
        51:3baf7c56:c29bbc9c1c277160 ~1 12:acf38390:32decec2f391faa3 ~1 33:acf38390:d3c53fa72a155fb3 ~1 \
        44:89193acd:15183fe10ad690fe ~1 44:7eb6f678:d5cc7b82d7d0dc5a ~1 31:76b8bc10:111e18a273731fce ~1 \
        25:00535833:cbe9323385161a9d ~1 16:80e0d0b7:473c711691ba52b6 ~1 1:0586c27b:8245209321244029 ~1 \
        79:3498512b:b9222a73cd61c8f2 ~1 13:3498512b:6f5b3fe889c28796 ~1 58:2622055e:5729ccbf9bfd058d ~1 \
        44:50b8d09c:e6ff3e4913f35454 ~1 110:3498512b:bf98b9e81620765e ~1 52:a224f066:b2248281c2011619 ~1 \
        108:1f47a245:6b6095c0e0b180c8 ~1 8:a3835e2c:116f4364cad8ab47 106:39386e06:b0b5adcba8c68c6d ~1 \
        1:f4a5f289:bf632b0c64c01081 ~1 137:b40eb21c:f6c34e701c8c502d ~1 54:39386e06:878293cf7741d8c3 ~1 \
        39:41387a9e:c75b3a5ac14eb061 ~1 3:e46efe32:43d1b3a38e0631cf 107:f6358681:2842d769c446b4ef  ~1 \
        3:52af2061:228de1ff1d25f596 133:89193acd:e9e0b58fba986f45 ~1 1:47514bef:1dfb1d06942d61e4 \
        56:2c29f04d:ddf9c1b5433672cb ~1 1:548f0777:bd21059c22fa488e 65:da2bd281:2a82dcf2744321bc ~1 \
        4:c8f650ec:6863b62490d03891 ~1 42:28999611:02e5b84a489e90a2 ~1 40:6e6e8d54:5848d563dd693373 ~1 \
        60:8de55392:d3ce3e4472f8e865 ~1 52:4b9636c9:ce4ca6612ae46a3e 99:da2bd281:bd950d6e3597515c \
        18:da2bd281:389e4cb4366fb2f8
        MPL-2.0:header 8:da2bd281:67282fbdadc62abd 30:ee7a3c2c:d2a534f9d638faf4
        NTP 8:2bdaad02:322e084f8b096c94 42:42278e90:07ace994b95a427c ~40 18:29b19c8a:ccdaddbbfb3f254e ~40 \
        6:ebecbc54:8cb18af7164d0b23 [ 1:69343c68:28391d3bc64ec15c ] 15:da2bd281:7eb1d1ff23f02f0c
        OFL-1.1 8:586264b9:e13aae8ed0ce9d35 293:a13a7a4c:f1e85519a9fd44b4 ~1 20:992a04a8:30d59636b3b63f18 ~1 \
        65:a92b8b72:35037220f335713e ~1 39:62366ffa:21c14b2243bebc68 ~1 49:b40eb21c:482392e1e432d449 ~1 \
        157:b40eb21c:0f7c3c1568a5b75b
        OLDAP-2.8 8:32b58f92:b784c71f6e56051f 15:488e9481:f8c88e50ff6d6b4e ~1 10:b4d17f33:01f4fe06135cd8f4 ~1 \
        31:b4d17f33:c49e726bdbd6263a ~1 232:b4d17f33:8e2c3550c3465527 ~40 12:2bdaad02:121abf9298c062fe
        OpenSSL 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 34:13254bc4:ce86172a5b715dbb ~1 32:b40eb21c:17eb9a180936513f ~1 \
        25:4fbee88d:35c85b5a111a6ebb ~1 167:b4d17f33:703120793f2aace3 [ 3:a92b8b72:ff4fc7f061a59be0 ] ~40 \
        159:da2bd281:09d50f1dbec932ef ~1 17:b4d17f33:d327fa8f14487b49 ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 \
        46:13254bc4:4f82af5796b1e585 ~1 182:39386e06:71ae59ce7c6b2425
        PSF-2.0 6:da2bd281:388580c640435311 ~40 10:0f29c2a6:21716620b336bb04 ~40 9:41387a9e:5353924055247549 ~1 \
        10:891cfe4f:56e2c9a04d0b42bf ~40 1:3821de76:44ce1985334ee838 ~1 22:1aea7cf3:d1d0841edd54038f ~40 \
        9:f29c5364:6ef6707094ec2686 ~40 3:083e3344:efd4df16d7e92e43 ~40 3:9860a5b1:3a02ce6f464101f7 ~40 \
        3:406f344d:abae278de7f2936d ~40 9:f29c5364:5f3088c3495aedf4 ~1 14:41387a9e:571f41b8b152c1f8 ~40 \
        35:5d342984:9d0f876a4b1d3bab ~40 ~1 ~40 1:3adb8738:febb9f32c94e238e ~40 8:66fdf298:e78b737cfea349ce ~40 ~1 \
        14:62366ffa:141f93d53857b052 ~40 ~1 2:62366ffa:3e06c926289ae8cd ~1 17:2c29f04d:bf276fa69643a855 ~40 \
        7:10106d8d:efbfc4cfc58b4e5d ~1 ~40 11:c67ef52d:77f97bb740a38dcd ~40 18:acf38390:a35244951e310840 ~40 \
        11:5d342984:5e73db314f48a103 ~1 15:da2bd281:5f759336f5811e1e ~1 19:527dae8a:5876174c3ad58e33 ~40 \
        11:0f29c2a6:4bd0e107b5c33990 ~40 21:f3ec846d:b8e9374c0d7dd955 ~1 6:542bcc94:c2bedc8813359a1a ~40 \
        14:1aea7cf3:e577b7e16cb26c92
        PostgreSQL 8:2bdaad02:322e084f8b096c94 39:42278e90:f4d95bfa03a7e6ed ~40 29:382ba080:8c9696953fccb15f ~40 \
        9:edbf0fe3:5bf16fae351bbc40 ~40 31:fa87fe1b:38c41500cebe9b82 ~40 11:edbf0fe3:e497e60a975f3f1d
        Python-2.0 8:da2bd281:6fa1906eaae549ee 24:028b40e4:80db4537a66a5cc7 ~1 82:891cfe4f:b3a0c5848f078e95 ~1 \
        51:41387a9e:004417edc511f43a ~1 58:6778a6f6:f8b929d41c47cabc ~1 43:6778a6f6:c8e3344c92f31c36 ~1 \
        15:da2bd281:5f759336f5811e1e ~1 53:527dae8a:1d7940e065ac48f8 ~1 21:542bcc94:180ec285456a925b [ \
        15:234338e8:20051ba62ed14e4c ] ~1 42:da2bd281:e21a658ce05c1a1c ~1 66:891cfe4f:3220b2723cdfd249 ~1 \
        60:234338e8:ca1e4f1143f30191 ~1 44:234338e8:c431e377913a167b ~1 15:da2bd281:5f759336f5811e1e ~1 \
        105:da2bd281:e4900fad1c70e5d3 ~1 22:542bcc94:6c47f9f720d6ad6c [ 8:8255c781:c69ac8ab4df21998 ] [ \
        41:a234df25:5f1c70aeb7c389e5 ] ~1 62:da2bd281:ae83d46cda883fed ~1 138:891cfe4f:358d7d7c9a0b9604 ~1 \
        53:41387a9e:747bc986603b748c ~1 60:8255c781:09a2592e9785a685 ~1 44:8255c781:6144558faee5b1fc ~1 \
        15:da2bd281:5f759336f5811e1e ~1 78:da2bd281:6fe96533ddc2ea3d ~1 31:542bcc94:b16a277850ba1fe1 [ \
        1:08247e29:c125d0397b605657 ] [ 8:1551e162:da065c76e78402e7 ] ~40 145:2bdaad02:5395b82315c3e2e1
        RSA-MD 8:083e3344:818d954d30c554db 12:d131afb4:f16041c69a5f2e0e ~1 37:54b7c69c:1bbc08aa891ebcf6 ~1 \
        65:54b7c69c:b655eab92fac73ce
        Ruby 8:50b8d09c:5a1d3902967083f3 22:69343c68:599515cdb9c6cb15 ~1 21:50b8d09c:a53f2876165fd26b ~1 \
        37:c8d632fc:2b89ef298d6a6269 ~1 10:5791c4f4:c5762141e5d9c65c ~1 15:994c2d1c:a368bb6ae1b06837 ~1 \
        7:e18c56af:d0baef519694723a ~1 21:50b8d09c:62dfc653a3ef6afd ~1 25:8f4f6b7e:bcfd37bf4a466dc1 ~1 \
        10:756e8a24:8f5361326b881e44 ~1 15:994c2d1c:a368bb6ae1b06837 ~1 7:e18c56af:d0baef519694723a ~1 \
        50:50b8d09c:3fb47da21410abe8 ~1 44:b40eb21c:0f143885105e4aed ~1 27:da2bd281:7ffae530c4c0e185
        SGI-B-2.0 8:2bdaad02:0c6eb6a355c354cc 209:2c29f04d:0d6fb4a1700b9d7c
        SMLNJ 8:2bdaad02:322e084f8b096c94 26:42278e90:e60a3abf6d22e36d [ 1:cb18332c:8e7fc0236af43df9 ] \
        16:b40eb21c:3b9b93fd33d0331a ~40 18:29b19c8a:ccdaddbbfb3f254e ~40 19:13254bc4:b55e22b521a4f4e7 ~40 \
        46:382ba080:2e54ce313491d890
        Sleepycat 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 215:b4d17f33:4724bf953ac297cb ~40 21:32b58f92:48ac8ca1db378045 ~1 \
        18:b4d17f33:7c1baf39c016fe0f ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 143:992a04a8:6410c124fbf99a16 ~40 \
        21:32b58f92:48ac8ca1db378045 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 \
        143:992a04a8:e1bb72bd6c8f1c40
        Spencer-86 8:2bdaad02:590823e832d9b77a 18:42278e90:a3599bac54b45b95 ~1 25:b40eb21c:aa3d9ea34e1d302b ~1 \
        16:b40eb21c:b304477e23bc5e43 ~1 18:fdb4d62a:3f8ea970f4b05079
        Spencer-94 8:da2bd281:afea7d284fe9e5af 39:69343c68:ab002eb0c84dcad9 [ 1:28fea804:52ebe25eea377281 ] \
        5:891cfe4f:3f6e8b575e858906 ~1 25:b40eb21c:15645be15fec3247 ~1 28:b40eb21c:53e0af5cee66b9cd ~1 \
        30:fdb4d62a:256543027b06d403 ~1 8:da2bd281:f682af5336032463
        Spencer-99 8:171233ea:57a4568a8c6154e1 194:542bcc94:0e82fbb44a71a445
        SunPro 2:98b5adab:e86e4cbc06953d60 ~1 23:e40c292c:93adf148eeff2e9d
        TCL 8:b40eb21c:11bd752da4cc5130 311:0c4afe69:34092f3dce54c77c
        TU-Berlin-2.0 8:2c29f04d:f3dcaae2cab39397 83:cb18332c:d0be20754540790d [ 1:41322f71:fb38a93fd89e1a5f ~40 \
        4:e9361aa3:673ca3dba64c303d ] [ 1:a42935e4:1ad25d0002690dc0 ] 100:b536a99d:ac3401fe1a49bae6 [ \
        2:f1f51e28:d159c419a9014042 ~40 4:e9361aa3:673ca3dba64c303d ]
        UMich-Merit 8:2bdaad02:322e084f8b096c94 154:42278e90:da9650ba160f89e9
        Unicode-3.0 8:9860a5b1:25ec9e94554270d2 302:f16c0647:a02a00dd091c7408
        Unicode-DFS-2015 8:062b89a0:2cd4e8ce7d90367a 235:b40eb21c:cb3d79decb16061a ~1 15:da2bd281:5a40e68449db0e70 \
        ~1 10:da2bd281:fb441be8cf682b22 ~1 179:b8ebd55d:17f8659c4bfd2086
        Unicode-DFS-2016 8:9860a5b1:25ec9e94554270d2 59:f16c0647:6b51ccde4a4697c1 ~40 85:2bdaad02:ba40943bffd2f466 \
        ~1 16:da2bd281:f581fdf229b83481 ~1 153:da2bd281:4c4512c4d191745d
        Unicode-TOU 8:acf38390:089da96b404c6ff1 19:da2bd281:6b34d6075b244631 ~1 2:062b89a0:8fe7184f5a9601cb ~1 \
        8:b90ded3e:dd79a2ec8e41cc65 ~1 43:3f55c869:e0f6d8802708d448 ~1 37:2c29f04d:a612257825ff72a6 ~1 \
        29:e48027e9:1dc273c0cd33af7e ~1 63:147aa128:caacc6238a804b45 ~1 20:62366ffa:eb679ea783b44e74 ~1 \
        17:daadf59d:d5ad51a83e1e182f ~1 109:31f0dbec:97febd1ccbb15907 ~1 3:9fcc3a81:6220eb48298e1711 ~1 \
        61:da2bd281:049d08752751d625 ~1 36:39386e06:7f3b2060bf3d9679 ~1 75:38adcbf0:dfbb8e63132ea938 ~1 \
        68:4b38d8f1:2ecf8a2fc9c76764 ~1 2:f3ec846d:00c0008fa6467d22 ~1 58:b40eb21c:e215d9cc08656b0c ~1 \
        42:b40eb21c:9d2e12f2080a2135 ~1 13:13254bc4:c33c0c4f0aa74c5f ~1 1:548f0777:bd21059c22fa488e ~1 \
        136:210f96a8:74ef3f8cf1fd4fbb ~1 36:daadf59d:c35506f2f20fc67a ~1 28:80d4cdda:3c99e0248495d704 ~1 \
        22:0484fb88:7aaaabcb2b694858 ~1 11:b339b34c:106b7c9efda35201
        Unlicense 8:da2bd281:93ecc60f8ba91e9e 182:b40eb21c:07cbb02ddf891b5b [ 9:acf38390:b2b582a9277b6ff4 ]
        Vim 9:b8ebd55d:f5e3bfc9547b311a ~40 15:38adcbf0:a9561617a59983e9 ~40 23:75e0ae46:367443832f14af63 ~40 \
        9:721e9831:c8cce6c0d87ea778 ~1 11:47388410:d05c8d242cf90550 ~40 13:280d1e50:5f0be9f2ddb5818b ~1 \
        7:da2bd281:26dc6bbcd4748960 ~1 2:b40eb21c:bc36ffcd088a71ba ~40 10:c508c328:8cb75c6f4d99e13c ~1 \
        5:39386e06:daf0ed22069567e2 ~40 26:32f974ec:c4714d953f4dfd2f ~40 30:50b8d09c:cf4b52584bf457dd ~40 \
        103:856e942f:9fbc75c66a934b81 ~1 6:39386e06:ebb9ee99034a65ee ~40 32:cb18332c:354bf16afe7c83b3 ~1 \
        13:c61f9aa6:7ca30efdeb91f3f7 ~40 44:50b8d09c:74a15d767b25eef8 ~40 ~1 5:7f778519:02d8a3e3a7fb944a ~40 \
        25:08d2ece2:c9a882acfea02f1d ~1 35:b40eb21c:ce05571f83fb759f ~40 4:3ff21de3:ce00d92c2e926faa ~1 \
        15:50b8d09c:4328f7776a17ee74 ~40 10:7f778519:2fabc3570a7ee5a5 ~40 19:42454824:35918f66d650a933 ~1 \
        27:50b8d09c:c80d073d5a0657bf ~40 5:5d342984:0c297f5652becc57 ~1 16:7f778519:ff8972a1247d3d78 ~40 \
        10:89193acd:f4c8730c274ddca0 ~1 26:e40c292c:6e26e21df6fd9df3 ~40 36:4e388f15:d57260ba8e6ec6d2 ~1 \
        25:b40eb21c:4a7134d96aa6acbc ~1 7:39386e06:c7aec4bdc033b4c2 ~40 71:50b8d09c:2b91a3d56379c282 ~1 \
        13:47388410:ce72376a73741808 ~40 16:721e9831:e99dfeab54e72a87 ~40 12:9313fe77:e0d03133913c1039
        W3C 8:da2bd281:955bc95a5333c8d3 292:5e022dbc:a08f6499852b9881 [ 107:83815eca:8054990bf1a1b5cc ]
        W3C-20150513 8:da2bd281:ab07670c33ed8267 71:b180a0b4:c45148f114e495e1 ~1 18:b40eb21c:9b38f950df29760d ~1 \
        23:2c29f04d:01f21b0befe10300 ~1 29:9860a5b1:b85de0aa2951314c ~40 115:dbba4053:d6482ef5a1cd49c5
        WTFPL 8:d378dd78:900281f691ff3ce1 36:5d342984:a8b849c216b42062 ~1 9:50b8d09c:42bc5d68906d73e9
        X11 8:2bdaad02:0c6eb6a355c354cc 113:2c29f04d:86c150bdf3d9cbf4 ~40 46:382ba080:26a04d5287da2685 ~40 \
        24:c67ef52d:a065c93e6865b638 ~40 [ 10:fd0c5087:b530418311573c1b ]
        X11-distribute-modifications-variant 8:2bdaad02:0c6eb6a355c354cc 194:2c29f04d:5af912af2104cdb3
        Zlib 8:da2bd281:491e1ebd070d4a63 50:5d342984:c14c89a35e467999 ~1 40:b40eb21c:0fa68aa5492fef13 ~1 \
        19:fdb4d62a:7ba6b55f426bdffa ~1 12:da2bd281:8bcd720d8c644ca6
        bzip2-1.0.6 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        40:b40eb21c:0fa68aa5492fef13 ~1 19:fdb4d62a:7ba6b55f426bdffa ~1 133:b40eb21c:a71874dcf47048e5 [ \
        8:a808022c:d6c2b0d18299422c ~40 1:69343c68:28391d3bc64ec15c ~40 ] [ 39:df2aa3cc:2bdfb030bfcf36a6 ] [ ~40 \
        15:382ba080:d269b7ce682b8da8 ]
        curl 8:2bdaad02:322e084f8b096c94 144:42278e90:f21a06080339dc7f
        dtoa 8:2bdaad02:322e084f8b096c94 63:42278e90:f9e8a38575f0f1a7 ~40 21:ebecbc54:61820604674af601
        libpng-2.0 8:b40eb21c:398e83f1940beb33 100:69343c68:9afd641493b39236 ~1 40:b40eb21c:0fa68aa5492fef13 ~1 \
        19:fdb4d62a:7ba6b55f426bdffa ~1 16:da2bd281:6baa304b9778d9b0
        libselinux-1.0 13:da2bd281:f6da201e7995e614 72:50b8d09c:423d72fd2cdb9b71 70:41387a9e:64e839933c8417bd
        libtiff 8:2bdaad02:3b4a8e433337b184 160:da2bd281:2b7b0d4e3b7ef311
        xlock 8:2bdaad02:322e084f8b096c94 95:42278e90:04ddac8a4a4462e0
        zlib-acknowledgement 8:da2bd281:491e1ebd070d4a63 50:5d342984:c14c89a35e467999 ~1 \
        40:b40eb21c:3686703b31f29300 ~40 ~1 19:fdb4d62a:7ba6b55f426bdffa ~1 12:da2bd281:8bcd720d8c644ca6
        BSD-Attribution-HPND-disclaimer 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 \
        18:b4d17f33:7c1baf39c016fe0f ~1 29:b4d17f33:ddc1b876bb8a74f6 ~1 1:b40eb21c:b9776d7ddf459c9a ~2 ~40 \
        17:c508c328:e74cbcddfc1da291 [ 4:acf38390:271285fc7c780c06 [ 1:c87d8df5:d9298a10d1b07358 ] \
        4:38b82c0a:ad9c160a5a26252d ~40 ] ~1 16:b4d17f33:2d27453690bdfbb8 ~40 ~40 ~40 69:f93113de:31b8636c95d6fc69
        BSD-2-Clause-Patent 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f \
        ~1 112:b4d17f33:62491dc2f7683179 ~1 21:cbfd3c67:0f2d415f37093eab ~1 198:e25ab240:e7286639f5c2174b
        Vixie-Cron 8:8f4f6b7e:d66f977642757975 74:b40eb21c:c234bdba20e5d58d
        Kazlib 8:99b3eedb:7263ee04040e5c55 91:b40eb21c:1b46131bfade8126
        Jam 8:083e3344:5349d62709118528 22:0f29c2a6:258717ad802a8ef8
        hdparm 8:ea97f7f7:061720624fcc2ebb 29:bca35d83:3c73c36e564ec1c2
        TCP-wrappers 8:da2bd281:516c772976a0f031 70:ad1ecf30:a5ca0bda58a1ced9
        SSH-OpenSSH 8:5e25208d:167f35596061bdfb 152:ec0c35c4:d0e625f0aabcfb54 ~1 10:41dc7d89:685905f62c41f645 ~1 \
        9:faf0de9a:45dda304e0f10cc7 ~1 8:d2599303:6510d9c6c6d3eb65 ~1 13:40200f93:f16637e19b229014 ~1 \
        7:7c5452c4:d388419b16faa732 ~1 7:b40eb21c:d3cffd427b014b8f ~1 4:a219ceb9:acd0d6c0ff4b22dd ~1 \
        8:8eaabef3:f4a03a6590c52f2d ~1 10:7503dd42:f0c888b0feb13d11 ~1 315:5ea27cc7:7952cfb0ad6425c7
        Apache-1.0 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:7f5a3b9d58a4e533 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 22:13254bc4:2054c9f1bfa9c2b5 ~40 ~1 1:b40eb21c:b9776d7ddf459c9a ~2 ~40 \
        22:c508c328:5b36a911ee12390d ~40 ~1 9:4fbee88d:39c115ac5d89af67 ~40 2:23b19318:b4d4d23afde0060e ~40 \
        3:f6a635a4:515e1568335be0a5 ~1 5:3ff21de3:3cd0d00216a6e545 ~40 ~1 16:b4d17f33:2d27453690bdfbb8 ~40 \
        5:da2bd281:70edc908033d7bc3 ~40 30:5e25208d:c53708b30fa77a6c ~40 71:382ba080:b9906283a603091f [ \
        55:da2bd281:72c9e285b306206f ]
        PHP-3.01 8:32b58f92:cf6cf3ff1b297cbf 13:0c4afe69:f9ec1b30e5a95741 ~1 18:b4d17f33:7c1baf39c016fe0f ~1 \
        29:b4d17f33:ddc1b876bb8a74f6 ~1 28:b40eb21c:b943e734f77bbd47 ~1 49:4fbee88d:4bbc77322a26faf8 ~1 \
        98:b40eb21c:7a5217862f998281 ~1 197:b4d17f33:21758595c5f5ba6b
        NCSA 2:98b5adab:cddf5141612270c4 ~40 67:2bdaad02:cdcf60896b03fd81 ~1 18:b4d17f33:d2df5a2fbc1c0fa4 ~1 \
        29:b4d17f33:ecc128debfa6d1ed ~1 4:992a04a8:c3e170117833ce51 ~40 99:23b19318:b65564a02db734dc
        HPND-merchantability-variant 8:2bdaad02:322e084f8b096c94 42:aaea5743:26196b3bdb6b5680
        HPND-INRIA-IMAG 8:da2bd281:921ae901d1090a04 81:0c4afe69:ae080f14b95bd33f
        HPND-Netrek 8:2bdaad02:322e084f8b096c94 60:42278e90:2f5b76b3968178a7
        Python-2.0 8:4a7181df:9240bfdd79d0de10 107:b40eb21c:2ac3cfa5ed1fd7c4 ~4 2:d7b32945:80f7c51fda5cd811 ~11 \
        8:41387a9e:24a764110d7b6f83 ~2 18:12aca1ac:61ddeb3057bc1ae0 ~2 47:e40c292c:177cd3d70bac0b98 ~400 \
        206:2e8980e6:82cddb58a957d722 ~40 1362:0fceff97:ca88743ec76c7f9a
        """)
}
