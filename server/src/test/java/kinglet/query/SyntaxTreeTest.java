// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kinglet.error.PlatformException;
import kinglet.sql.FunctionRules;
import org.junit.jupiter.api.Test;

final class SyntaxTreeTest {
  @Test
  void findsWhatTheEngineFound() {
    SyntaxFacts facts =
        SyntaxTree.read(
            """
            SelectWithUnionQuery (children 1)
             ExpressionList (children 1)
              SelectQuery (children 2)
               ExpressionList (children 4)
                Function in (children 1)
                 ExpressionList (children 2)
                  Identifier x.y
                  Identifier d.t (alias z)
                Function joinGet (alias j) (children 1)
                 ExpressionList (children 3)
                  Literal 'd.j'
                  Literal 'a'
                  Literal UInt64_1
                Function sumIf (children 1)
                 ExpressionList (children 1)
                  Function file (children 1)
                   ExpressionList (children 1)
                    Literal 'x'
                Function mine (children 1)
                 ExpressionList
               TablesInSelectQuery (children 2)
                TablesInSelectQueryElement (children 1)
                 TableExpression (children 1)
                  TableIdentifier d.u (alias u)
                TablesInSelectQueryElement (children 2)
                 TableExpression (children 1)
                  Function numbers (alias n) (children 1)
                   ExpressionList (children 1)
                    Literal UInt64_10
            """);
    assertThat(facts.tables()).containsExactly("d.u");
    assertThat(facts.inOperands()).containsExactly("d.t");
    assertThat(facts.storages()).containsExactly("d.j");
    assertThat(facts.functions()).containsExactlyInAnyOrder("file", "mine");
    assertThat(facts.tableFunctions()).containsExactly("numbers");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    for (String text :
        new String[] {
          "InsertQuery   (children 2)\n Identifier x",
          "SelectWithUnionQuery (children 2)\n ExpressionList (children 1)\n Identifier JSON",
          "SelectWithUnionQuery (children 1)\n ExpressionList (children 1)\n  NewThing",
          "SelectWithUnionQuery (children 1)\n ExpressionList\nSelectWithUnionQuery",
          "SelectWithUnionQuery (children 1)\n ExpressionList (children 1)\n  Set",
        }) {
      assertThatThrownBy(() -> SyntaxTree.read(text)).isInstanceOf(PlatformException.class);
    }
  }

  @Test
  void structureIsSharedByQueriesThatDifferInValues() {
    String key = StructureKey.of("SELECT a FROM t WHERE b IN ('x', 'y') AND c = 1");
    assertThat(StructureKey.of("SELECT a FROM t  WHERE b IN ('z') AND c = 22.5")).isEqualTo(key);
    assertThat(StructureKey.of("SELECT a FROM u WHERE b IN ('x') AND c = 1")).isNotEqualTo(key);
    assertThat(StructureKey.of("SELECT a FROM t WHERE b IN ('x', 1) AND c = 1")).isNotEqualTo(key);
    assertThat(StructureKey.of("SELECT a FROM t WHERE b IN ('\\'x') AND c = 1")).isNotEqualTo(key);
    assertThat(StructureKey.of("SELECT joinGet('a', 'b', 1)"))
        .isNotEqualTo(StructureKey.of("SELECT joinGet('c', 'b', 1)"));
  }

  @Test
  void onlyOfferedFunctionsAreAllowed() {
    assertThat(FunctionRules.allows("sumIfMergeState")).isTrue();
    assertThat(FunctionRules.allows("COUNTDistinctState")).isTrue();
    assertThat(FunctionRules.allows("toDate")).isTrue();
    assertThat(FunctionRules.allows("toDateIf")).isFalse();
    assertThat(FunctionRules.allows("file")).isFalse();
    assertThat(FunctionRules.refuses("FILE")).isTrue();
    assertThat(FunctionRules.allowsTableFunction("remote")).isFalse();
  }
}
